// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/player.h"

#include <QShowEvent>
#include <algorithm>
#include <cmath>

#include "ui/models/formatting.h"
#include "ui/panels/zoom_keys.h"

namespace understudy::ui {
namespace {

constexpr double kStopsAcross = 8;  // of exposure, by a drag over the whole picture
constexpr double kGammaAcross = 2;

}  // namespace

Player::Player(const std::shared_ptr<QThreadPool>& threads, int64_t mostBytes)
    : loader_(nullptr, mostBytes, threads),
      second_(nullptr, mostBytes, threads),
      mostBytes_(mostBytes) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    header_ = new QWidget;
    header_->setFixedHeight(36);
    headerRow_ = new QHBoxLayout(header_);
    headerRow_->setContentsMargins(12, 6, 12, 6);
    headerRow_->setSpacing(8);
    title_ = new ElidedLabel;
    title_->setFont(theme::font(theme::FontUse::title));
    headerRow_->addWidget(title_, 1);
    details_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    headerRow_->addWidget(details_);
    look_ = new LookBar;
    headerRow_->addWidget(look_);
    column->addWidget(header_);
    view_ = new CompareView;
    column->addWidget(view_, 1);
    ruler_ = new FrameRuler;
    column->addWidget(ruler_);
    transport_ = new TransportBar;
    column->addWidget(transport_);
    probe_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    probe_->setObjectName("probe");
    probe_->setFixedHeight(20);
    probe_->setContentsMargins(12, 0, 12, 4);
    column->addWidget(probe_);
    connectParts();
    connectLoaders();
}

void Player::connectParts() {
    connect(ruler_, &FrameRuler::frameRequested, this, [this](qint64 frame) {
        transport_->setPlaying(false);
        transport_->seek(frame);
    });
    connect(transport_, &TransportBar::frameWanted, this, &Player::want);
    connect(transport_, &TransportBar::partChanged, this,
            [this] { ruler_->setPart(transport_->in(), transport_->out()); });
    connect(transport_, &TransportBar::orderChanged, this, [this] {
        orderFrames();
        if (!transport_->playing() && shownFrame_ != transport_->frame()) {
            show();  // no longer held
        }
    });
    connect(ruler_, &FrameRuler::inRequested, transport_, &TransportBar::setIn);
    connect(ruler_, &FrameRuler::outRequested, transport_, &TransportBar::setOut);
    connect(look_, &LookBar::changed, this, [this] {
        view_->setLookWords(lookWords(look_->look()));
        show();
    });
    connect(view_, &PictureView::probed, this, &Player::probe);
    connect(view_, &PictureView::left, this, [this] {
        probed_.reset();
        tellAgain();
    });
    connect(view_, &CompareView::averaged, this, &Player::average);
    connect(view_, &CompareView::lookDragBegan, this, [this] { dragged_ = look_->look(); });
    connect(view_, &CompareView::lookDragged, this, &Player::dragLook);
}

void Player::connectLoaders() {
    connect(&loader_, &FrameLoader::opened, this, [this] {
        const media::SourceInfo& info = *loader_.info();
        view_->setPixelAspect(info.pixelAspect);
        details_->setText(tr("%1 × %2   %3 bit   %4")
                              .arg(info.width)
                              .arg(info.height)
                              .arg(info.bitDepth)
                              .arg(encodingText(info.encoding.name)));
        tellLight();
        fitHeader();
        transport_->setTimecode(info.timecode ? text(*info.timecode) : QString());
        if (!timeline_) {
            takeTimeline(
                {info.first, info.last, rate_ > 0 ? rate_ : info.rate.value(), info.missing});
        }
        orderFrames();
        Q_EMIT opened();
        transport_->seek(transport_->frame());
    });
    connect(&loader_, &FrameLoader::failed, this, [this](const Error& error) {
        showFailure(error);
        Q_EMIT failed(error);
    });
    connect(&loader_, &FrameLoader::frameFailed, this, [this](qint64 frame, const Error& error) {
        if (const auto plate = a_.frames.ofPlate(frame)) {
            Q_EMIT frameFailed(*plate, error);
        }
    });
    connect(&second_, &FrameLoader::opened, this, [this] {
        tellLight();
        orderFrames();
        want(transport_->frame());
    });
    connect(&second_, &FrameLoader::failed, this, [this](const Error& error) {
        secondFailure_ = error;
        show();
    });
    for (FrameLoader* loader : {&loader_, &second_}) {
        const auto arrived = [this, loader](qint64 frame) {
            showCached();
            takeArrival(loader == &loader_ ? a_ : b_, frame);
        };
        connect(loader, &FrameLoader::frameArrived, this, arrived);
        connect(loader, &FrameLoader::frameFailed, this, arrived);
    }
}

// Where there is little room, the name comes before what is known of the file.
void Player::fitHeader() {
    const bool shown = !details_->isHidden();
    const int needed = headerRow_->sizeHint().width() +
                       (shown ? 0 : details_->sizeHint().width() + headerRow_->spacing());
    const bool room = needed <= width();
    if (room != shown) {
        details_->setVisible(room);
    }
}

void Player::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitHeader();
}

void Player::setTitle(const QString& title) {
    title_->setFullText(title);
    fitHeader();
}

void Player::takeTimeline(const Timeline& timeline) {
    const int64_t frame = resume_.value_or(transport_->frame());
    if (timeline.last >= timeline.first) {
        resume_.reset();
    } else if (!transport_->empty()) {
        resume_ = frame;  // until it is known what frames there are
    }
    ruler_->setRange(timeline.first, timeline.last, timeline.missing);
    transport_->setRange(timeline.first, timeline.last, timeline.fps);
    transport_->setFrame(
        std::clamp(frame, timeline.first, std::max(timeline.first, timeline.last)));
    ruler_->setFrame(transport_->frame());
}

void Player::setSource(const PlayerSource& source, const std::optional<Timeline>& timeline,
                       const QString& message, double rate) {
    transport_->setPlaying(false);
    ++generation_;
    next_.reset();
    a_ = source;
    timeline_ = timeline;
    rate_ = rate;
    shownA_ = shownB_ = {};
    deepA_ = deepB_ = nullptr;
    details_->clear();
    transport_->setTimecode({});
    setTitle(source.name);
    view_->setMessage(message);
    view_->setSides({{}, a_.name}, {{}, b_.name});
    tellAgain();
    loader_.setPath(source.path, source.readAs);
    takeTimeline(timeline.value_or(Timeline()));
}

void Player::setSecond(const PlayerSource& source) {
    const bool same = source.path == b_.path && source.readAs == b_.readAs;
    b_ = source;
    still_.reset();
    if (!same) {
        secondFailure_.reset();
        second_.setPath(source.path, source.readAs);
    }
    shareCache();
    orderFrames();
    want(transport_->frame());
}

void Player::setSecondStill(const PlayerStill& still) {
    still_ = still;
    tellLight();
    show();
}

void Player::setMode(CompareMode mode) {
    if (mode == CompareMode::off || mode == CompareMode::second) {
        flipped_ = false;  // it is said which of them is shown
    }
    view_->setMode(mode);
    want(transport_->frame());
    Q_EMIT modeChanged(mode);
}

void Player::flip() {
    const CompareMode mode = view_->mode();
    if (mode == CompareMode::off || mode == CompareMode::second) {
        setMode(mode == CompareMode::off ? CompareMode::second : CompareMode::off);
        return;
    }
    flipped_ = !flipped_;
    show();
}

// Both pictures have the same room; what nobody looks at gives back most of it.
void Player::shareCache() {
    const int64_t all = aside_ ? mostBytes_ / 8 : mostBytes_;
    const bool two = !b_.path.isEmpty();
    loader_.setMostBytes(two ? all / 2 : all);
    second_.setMostBytes(all / 2);
}

void Player::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    aside_ = false;
    shareCache();
}

void Player::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    aside_ = !event->spontaneous();  // a window that is made small is soon looked at again
    shareCache();
}

// The loaders read ahead as it is played: the part, which way, round and round.
void Player::orderFrames() {
    for (const auto& [loader, source] : {std::pair(&loader_, &a_), std::pair(&second_, &b_)}) {
        PlayOrder order;
        order.playing = transport_->playing();
        order.backwards = order.playing && transport_->speed() < 0;
        order.loops = transport_->loops();
        int64_t first = transport_->in();
        int64_t last = transport_->out();
        while (first < last && !source->frames.inFile(first)) {
            ++first;
        }
        while (last > first && !source->frames.inFile(last)) {
            --last;
        }
        order.first = source->frames.inFile(first).value_or(INT64_MIN);
        order.last = source->frames.inFile(last).value_or(INT64_MAX);
        loader->setOrder(order);
    }
}

void Player::setBare(bool bare) {
    for (QWidget* part : {header_, static_cast<QWidget*>(ruler_), static_cast<QWidget*>(transport_),
                          static_cast<QWidget*>(probe_)}) {
        part->setVisible(!bare);
    }
    view_->setSurround(bare ? theme::kGap : theme::kSurround);
    view_->setCornersShown(!bare);
    view_->setCursor(bare ? Qt::BlankCursor : Qt::ArrowCursor);
}

void Player::addKeys(const AddKey& add) {
    TransportBar* bar = transport_;
    add("play", tr("Play or stop"), Qt::Key_Space, [bar] { bar->togglePlaying(); });
    add("playForwards", tr("Play forwards"), Qt::Key_L, [bar] { bar->shuttle(1); });
    add("stop", tr("Stop"), Qt::Key_K, [bar] { bar->shuttle(0); });
    add("playBackwards", tr("Play backwards"), Qt::Key_J, [bar] { bar->shuttle(-1); });
    add("previousFrame", tr("Back one frame"), Qt::Key_Left, [bar] { bar->step(-1); });
    add("nextFrame", tr("On one frame"), Qt::Key_Right, [bar] { bar->step(1); });
    add("tenBack", tr("Back ten frames"), QKeySequence("Shift+Left"), [bar] { bar->step(-10); });
    add("tenOn", tr("On ten frames"), QKeySequence("Shift+Right"), [bar] { bar->step(10); });
    add("firstFrame", tr("First frame"), Qt::Key_Home, [bar] { bar->step(-(1ll << 40)); });
    add("lastFrame", tr("Last frame"), Qt::Key_End, [bar] { bar->step(1ll << 40); });
    add("in", tr("In point"), Qt::Key_I, [bar] { bar->setIn(bar->frame()); });
    add("out", tr("Out point"), Qt::Key_O, [bar] { bar->setOut(bar->frame()); });
    add("wholeRange", tr("Play the whole again"), Qt::Key_Backslash, [bar] { bar->clearPart(); });
    add("loop", tr("Go round and round, or stop at the end"), Qt::Key_P,
        [bar] { bar->setLoops(!bar->loops()); });
    add("goToFrame", tr("Go to a frame"), QKeySequence("Ctrl+G"), [bar] { bar->editFrame(); });
    add("timecode", tr("Frames or timecode"), QKeySequence("Ctrl+T"),
        [bar] { bar->toggleTimecode(); });
    add("fit", tr("Fit or 1:1"), Qt::Key_F, [this] { view_->toggleFit(); });
    add("zoomIn", tr("Zoom in"), Qt::Key_Plus, [this] { view_->zoomBy(1.25); });
    add("zoomOut", tr("Zoom out"), Qt::Key_Minus, [this] { view_->zoomBy(0.8); });
    add("marks", tr("Show or hide what lies over the picture"), Qt::Key_H,
        [this] { view_->setMarksShown(!view_->marksShown()); });
    addZoomKeys(
        add, [this] { view_->holdZoom(); }, [this](int ratio) { view_->zoomTo(ratio); });
    addLookKeys(add);
}

void Player::addLookKeys(const AddKey& add) {
    add("exposure", tr("Hold and drag: exposure"), Qt::Key_E,
        [this] { view_->holdLook(LookDrag::exposure); });
    add("gamma", tr("Hold and drag: gamma"), QKeySequence("Shift+E"),
        [this] { view_->holdLook(LookDrag::gamma); });
    const auto channel = [&](const QString& id, const QString& name, Qt::Key key,
                             PictureChannel which) {
        add(id, name, key, [this, which] { look_->toggleChannel(which); });
    };
    channel("red", tr("Red alone"), Qt::Key_R, PictureChannel::red);
    channel("green", tr("Green alone"), Qt::Key_G, PictureChannel::green);
    channel("blue", tr("Blue alone"), Qt::Key_B, PictureChannel::blue);
    channel("alpha", tr("Alpha alone"), Qt::Key_A, PictureChannel::alpha);
    channel("luminance", tr("Luminance"), Qt::Key_Y, PictureChannel::luma);
    channel("color", tr("All colours"), Qt::Key_C, PictureChannel::color);
    add("neutral", tr("The picture as the file has it"), QKeySequence("Ctrl+R"),
        [this] { look_->makeNeutral(); });
}

void Player::dragLook(LookDrag what, double by) {
    PictureLook look = dragged_;
    (what == LookDrag::gamma ? look.gamma : look.exposure) +=
        by * (what == LookDrag::gamma ? kGammaAcross : kStopsAcross);
    look_->setLook(look);
}

}  // namespace understudy::ui
