// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/player.h"

#include <algorithm>
#include <cmath>

#include "ui/models/background.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

struct Developed {
    QImage a, b, difference;
};

QString valueText(const PixelValue& value) {
    return QStringLiteral("%1 %2 %3")
        .arg(value.red, 0, 'f', 3)
        .arg(value.green, 0, 'f', 3)
        .arg(value.blue, 0, 'f', 3);
}

}  // namespace

Player::Player(QWidget* parent, int64_t mostBytes)
    : QWidget(parent), loader_(nullptr, mostBytes), second_(nullptr, mostBytes) {
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
    connect(look_, &LookBar::changed, this, [this] {
        view_->setLookWords(lookWords(look_->look()));
        show();
    });
    connect(view_, &PictureView::probed, this, &Player::probe);
    connect(view_, &PictureView::left, this, [this] {
        if (!averaging_) {
            probe_->clear();
        }
    });
    connect(view_, &CompareView::averaged, this, &Player::average);
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
        fitHeader();
        if (!timeline_) {
            takeTimeline(
                {info.first, info.last, rate_ > 0 ? rate_ : info.rate.value(), info.missing});
        }
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
    connect(&second_, &FrameLoader::opened, this, [this] { want(transport_->frame()); });
    connect(&second_, &FrameLoader::failed, this, [this](const Error& error) {
        view_->setNames(a_.name, tr("%1: %2").arg(b_.name, text(error.message)));
    });
    for (FrameLoader* loader : {&loader_, &second_}) {
        const auto arrived = [this, loader](qint64 frame) {
            showCached();
            const PlayerSource& source = loader == &loader_ ? a_ : b_;
            if (source.frames.inFile(transport_->frame()) == frame) {
                show();
            }
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
    probe_->clear();
    setTitle(source.name);
    view_->setNames(a_.name, b_.name);
    view_->setMessage(message);
    view_->setPictures({}, {});
    takeTimeline(timeline.value_or(Timeline()));
    loader_.setPath(source.path, source.readAs);
}

void Player::setSecond(const PlayerSource& source) {
    const bool same = source.path == b_.path && source.readAs == b_.readAs;
    b_ = source;
    still_.reset();
    shownB_ = {};
    deepB_ = nullptr;
    view_->setNames(a_.name, b_.name);
    if (!same) {
        second_.setPath(source.path, source.readAs);
    }
    want(transport_->frame());
}

void Player::setSecondStill(const PlayerStill& still) {
    still_ = still;
    show();
}

void Player::setMode(CompareMode mode) {
    view_->setMode(mode);
    want(transport_->frame());
}

void Player::flip() {
    flipped_ = !flipped_;
    show();
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

void Player::want(int64_t frame) {
    ruler_->setFrame(frame);
    transport_->shown(show());
    Q_EMIT frameShown(frame);
}

// What the loaders have of the frame; the rest comes when it is decoded.
bool Player::show() {
    const int64_t frame = transport_->frame();
    if (!loader_.info()) {
        return false;
    }
    const auto number = a_.frames.inFile(frame);
    const auto failure = number ? loader_.failure(*number) : std::nullopt;  // get() may forget it
    const QImage a = number ? loader_.get(*number) : QImage();
    if (!number) {
        showFailure({ErrorCode::missingInput,
                     utf8(tr("%1 has no frame %2").arg(a_.name).arg(frame)), "",
                     utf8(tr("It was not rendered"))});
        return false;
    }
    if (a.isNull()) {
        if (failure) {
            showFailure(*failure);
            Q_EMIT frameFailed(frame, *failure);
        }
        return false;
    }
    shownA_ = a;
    deepA_ = loader_.deep(*number);
    shownB_ = {};
    deepB_ = nullptr;
    if (view_->mode() != CompareMode::off && still_) {
        const bool here = still_->frame == frame;
        shownB_ = here ? still_->image : QImage();
        deepB_ = here ? still_->deep : nullptr;
        view_->setNames(a_.name, still_->name);
    } else if (view_->mode() != CompareMode::off && second_.info()) {
        const auto other = b_.frames.inFile(frame);
        const auto gone = other ? second_.failure(*other) : std::nullopt;
        shownB_ = other ? second_.get(*other) : QImage();
        deepB_ = other ? second_.deep(*other) : nullptr;
        QString first = a_.name;
        QString second = !other                     ? tr("%1: no frame %2").arg(b_.name).arg(frame)
                         : gone && shownB_.isNull() ? tr("%1: %2").arg(b_.name, text(gone->message))
                                                    : tr("%1   %2").arg(b_.name).arg(frame);
        if (flipped_ && !shownB_.isNull()) {
            std::swap(shownA_, shownB_);
            std::swap(deepA_, deepB_);
            std::swap(first, second);
        }
        view_->setNames(first, second);
    }
    develop({shownA_, shownB_, deepA_, deepB_, look_->look(),
             view_->mode() == CompareMode::difference});
    return true;
}

// Looks that change pixels are made in the background, one at a time; of those that wait only the
// newest counts. What is shown as it is appears at once.
void Player::develop(Wanted wanted) {
    if (wanted.look.neutral() && !wanted.difference) {
        ++generation_;
        next_.reset();
        view_->setPictures(wanted.a, wanted.b);
        return;
    }
    next_ = std::move(wanted);
    if (developing_) {
        return;
    }
    developing_ = true;
    runInBackground(
        this,
        [job = *std::exchange(next_, std::nullopt)] {
            Developed made;
            made.a = developed(job.a, job.deepA.get(), job.look);
            made.b = developed(job.b, job.deepB.get(), job.look);
            if (job.difference) {
                made.difference = differenceOf(made.a, made.b);
            }
            return made;
        },
        [this, generation = generation_](const Developed& made) {
            developing_ = false;
            if (generation == generation_) {
                view_->setPictures(made.a, made.b, made.difference);
            }
            if (next_) {
                develop(*std::exchange(next_, std::nullopt));
            }
        });
}

void Player::showFailure(const Error& error) {
    ++generation_;
    next_.reset();
    shownA_ = shownB_ = {};
    view_->setMessage(errorText(error));
    view_->setPictures({}, {});
}

void Player::showCached() {
    std::set<int64_t> frames;
    for (const int64_t frame : loader_.frames()) {
        if (const auto plate = a_.frames.ofPlate(frame)) {
            frames.insert(*plate);
        }
    }
    ruler_->setCached(frames);
}

void Player::tellValues(const QRect& pixels, const QString& where) {
    const PixelValue a = pixelValue(shownA_, deepA_.get(), pixels);
    QString said = tr("%1   A %2").arg(where, valueText(a));
    if (!shownB_.isNull() && shownB_.size() == shownA_.size()) {
        const PixelValue b = pixelValue(shownB_, deepB_.get(), pixels);
        const float apart = std::max(
            {std::abs(a.red - b.red), std::abs(a.green - b.green), std::abs(a.blue - b.blue)});
        said += tr("   B %1   apart %2").arg(valueText(b)).arg(apart, 0, 'f', 3);
    }
    if (pixels.width() == 1 && pixels.height() == 1) {
        const QRgb shown = view_->picture().pixel(pixels.topLeft());
        said += tr("   display %1 %2 %3")
                    .arg(qRed(shown), 3)
                    .arg(qGreen(shown), 3)
                    .arg(qBlue(shown), 3);
    }
    probe_->setText(said);
}

void Player::probe(QPointF point) {
    if (averaging_) {
        return;
    }
    const QPoint at(static_cast<int>(std::floor(point.x())),
                    static_cast<int>(std::floor(point.y())));
    if (shownA_.isNull() || !shownA_.rect().contains(at) || !view_->picture().rect().contains(at)) {
        probe_->clear();
        return;
    }
    tellValues(QRect(at, QSize(1, 1)), tr("x %1  y %2").arg(at.x(), 4).arg(at.y(), 4));
}

void Player::average(QRect pixels) {
    const QRect within = pixels.intersected(shownA_.rect());
    averaging_ = !within.isEmpty();
    if (averaging_) {
        tellValues(within, tr("mean of %1 × %2").arg(within.width()).arg(within.height()));
    } else {
        probe_->clear();
    }
}

void Player::addKeys(const AddKey& add) {
    TransportBar* bar = transport_;
    add(tr("Play or stop"), Qt::Key_Space, [bar] { bar->togglePlaying(); });
    add(tr("Play forwards"), Qt::Key_L, [bar] { bar->shuttle(1); });
    add(tr("Stop"), Qt::Key_K, [bar] { bar->shuttle(0); });
    add(tr("Play backwards"), Qt::Key_J, [bar] { bar->shuttle(-1); });
    add(tr("Back one frame"), Qt::Key_Left, [bar] { bar->step(-1); });
    add(tr("On one frame"), Qt::Key_Right, [bar] { bar->step(1); });
    add(tr("Back ten frames"), QKeySequence("Shift+Left"), [bar] { bar->step(-10); });
    add(tr("On ten frames"), QKeySequence("Shift+Right"), [bar] { bar->step(10); });
    add(tr("First frame"), Qt::Key_Home, [bar] { bar->step(-(1ll << 40)); });
    add(tr("Last frame"), Qt::Key_End, [bar] { bar->step(1ll << 40); });
    add(tr("In point"), Qt::Key_I, [bar] { bar->setIn(bar->frame()); });
    add(tr("Out point"), Qt::Key_O, [bar] { bar->setOut(bar->frame()); });
    add(tr("Play the whole again"), Qt::Key_Backslash, [bar] { bar->clearPart(); });
    add(tr("Go round and round, or stop at the end"), Qt::Key_P,
        [bar] { bar->setLoops(!bar->loops()); });
    add(tr("Fit or 1:1"), Qt::Key_F, [this] { view_->toggleFit(); });
    const auto channel = [&](const QString& name, Qt::Key key, PictureChannel which) {
        add(name, key, [this, which] { look_->toggleChannel(which); });
    };
    channel(tr("Red alone"), Qt::Key_R, PictureChannel::red);
    channel(tr("Green alone"), Qt::Key_G, PictureChannel::green);
    channel(tr("Blue alone"), Qt::Key_B, PictureChannel::blue);
    channel(tr("Alpha alone"), Qt::Key_A, PictureChannel::alpha);
    channel(tr("Luminance"), Qt::Key_Y, PictureChannel::luma);
    channel(tr("All colours"), Qt::Key_C, PictureChannel::color);
    add(tr("The picture as the file has it"), QKeySequence("Ctrl+R"),
        [this] { look_->makeNeutral(); });
}

}  // namespace understudy::ui
