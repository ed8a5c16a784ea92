// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/review_page.h"

#include <QDateTime>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QUrl>
#include <algorithm>

#include "ui/models/clip_list_model.h"
#include "ui/models/formatting.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

ReviewPage::ReviewPage(Studio& studio, QWidget* parent)
    : Page(PageId::review, studio, parent),
      swap_(nullptr, 384ll << 20),
      plate_(nullptr, 384ll << 20) {
    QWidget* centre = buildCentre();
    buildColumns(buildList(), 300, centre, buildRight(), 300);
    buildKeys();
    connect(primary(), &QPushButton::clicked, this, [this] {
        Q_EMIT goTo(studio_.session.snapshot().runs.empty() ? PageId::train : PageId::deliver);
    });
    connect(&studio_.swaps, &SwapsModel::changed, this, &ReviewPage::refresh);
    connect(&studio_.session, &ProjectSession::changed, this, &ReviewPage::refresh);
    connectLoaders();
    connect(transport_, &TransportBar::frameWanted, this, &ReviewPage::showFrame);
    connect(ruler_, &FrameRuler::frameRequested, transport_, [this](qint64 frame) {
        transport_->setPlaying(false);
        transport_->seek(frame);
    });
    refresh();
}

void ReviewPage::connectLoaders() {
    connect(&swap_, &FrameLoader::opened, this, [this] {
        const media::SourceInfo& info = *swap_.info();
        ruler_->setRange(info.first, info.last, info.missing);
        transport_->setRange(info.first, info.last, info.rate.value());
        matchFrames();
        transport_->seek(info.first);
    });
    connect(&swap_, &FrameLoader::failed, this, [this](const Error& error) {
        view_->setPictures({}, {});
        view_->setMessage(errorText(error));
    });
    connect(&plate_, &FrameLoader::opened, this, [this] {
        matchFrames();
        showFrame();
    });
    connect(&plate_, &FrameLoader::failed, this, &ReviewPage::showError);
    const auto ofSwap = [this](qint64 frame) {
        if (frame == transport_->frame()) {
            showFrame();
        }
    };
    connect(&swap_, &FrameLoader::frameArrived, this, ofSwap);
    connect(&swap_, &FrameLoader::frameFailed, this, ofSwap);
    const auto ofPlate = [this](qint64 frame) {
        if (frame == frames_.plateFrame(transport_->frame())) {
            showFrame();
        }
    };
    connect(&plate_, &FrameLoader::frameArrived, this, ofPlate);
    connect(&plate_, &FrameLoader::frameFailed, this, ofPlate);
}

QWidget* ReviewPage::buildList() {
    auto* panel = new Panel(tr("Swaps"));
    panel->body()->setContentsMargins(0, 0, 0, 0);
    list_ = new QListWidget;
    list_->setObjectName("swapList");
    list_->setIconSize({16, 16});
    list_->setSpacing(0);
    panel->body()->addWidget(list_);
    connect(list_, &QListWidget::currentRowChanged, this, &ReviewPage::choose);
    return panel;
}

QWidget* ReviewPage::buildCentre() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QWidget;
    bar->setFixedHeight(36);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(8);
    title_ = new ElidedLabel;
    title_->setFont(theme::font(theme::FontUse::title));
    row->addWidget(title_, 1);
    row->addWidget(label(tr("Compare"), theme::FontUse::body, theme::kSecond));
    mode_ = new QComboBox;
    mode_->setObjectName("compareMode");
    for (const QString& name : {tr("off"), tr("wipe"), tr("side by side"), tr("difference x4")}) {
        mode_->addItem(name);
    }
    mode_->setCurrentIndex(1);
    row->addWidget(mode_);
    column->addWidget(bar);
    view_ = new WipeView;
    column->addWidget(view_, 1);
    ruler_ = new FrameRuler;
    column->addWidget(ruler_);
    transport_ = new TransportBar;
    column->addWidget(transport_);
    connect(mode_, &QComboBox::activated, this,
            [this](int mode) { setMode(static_cast<CompareMode>(mode)); });
    centre_ = new QStackedWidget;
    empty_ = new EmptyState("review", tr("No swaps yet."), tr("Make one from a checkpoint."));
    empty_->setObjectName("reviewEmpty");
    connect(empty_->addButton(tr("Go to Train"), "reviewToTrain"), &QPushButton::clicked, this,
            [this] { Q_EMIT goTo(PageId::train); });
    centre_->addWidget(empty_);
    centre_->addWidget(box);
    return centre_;
}

QWidget* ReviewPage::buildRight() {
    auto* panel = new Panel(tr("About this swap"));
    facts_ = label({});
    facts_->setObjectName("swapFacts");
    facts_->setWordWrap(true);
    panel->body()->addWidget(facts_);
    folder_ = new QPushButton(icon("folder"), tr("Open folder"));
    folder_->setObjectName("swapFolder");
    folder_->setMinimumHeight(28);
    panel->body()->addWidget(folder_);
    connect(folder_, &QPushButton::clicked, this, [this] {
        if (const SwapRecord* swap = shown()) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(swap->out).absolutePath()));
        }
    });
    panel->body()->addStretch(1);
    return rightColumn({panel}, primary(), panel);
}

void ReviewPage::buildKeys() {
    addKey(tr("Play or stop"), Qt::Key_Space, [this] { transport_->togglePlaying(); });
    addKey(tr("Play"), Qt::Key_L, [this] { transport_->setPlaying(true); });
    addKey(tr("Stop"), Qt::Key_K, [this] { transport_->setPlaying(false); });
    addKey(tr("Back one frame"), Qt::Key_Left, [this] { transport_->step(-1); });
    addKey(tr("On one frame"), Qt::Key_Right, [this] { transport_->step(1); });
    addKey(tr("Back ten frames"), QKeySequence("Shift+Left"), [this] { transport_->step(-10); });
    addKey(tr("On ten frames"), QKeySequence("Shift+Right"), [this] { transport_->step(10); });
    addKey(tr("First frame"), Qt::Key_Home, [this] { transport_->step(-(1ll << 40)); });
    addKey(tr("Last frame"), Qt::Key_End, [this] { transport_->step(1ll << 40); });
    addKey(tr("Wipe"), Qt::Key_W, [this] {
        setMode(view_->mode() == CompareMode::wipe ? CompareMode::swapOnly : CompareMode::wipe);
    });
    addKey(tr("Next way to compare"), QKeySequence("Shift+W"), [this] {
        setMode(static_cast<CompareMode>((static_cast<int>(view_->mode()) + 1) % 4));
    });
}

QWidget* ReviewPage::focusTarget() const {
    return view_;
}

void ReviewPage::setMode(CompareMode mode) {
    mode_->setCurrentIndex(static_cast<int>(mode));
    view_->setMode(mode);
}

const SwapRecord* ReviewPage::shown() const {
    for (const SwapRecord& swap : studio_.swaps.swaps()) {
        if (swap.out == out_) {
            return &swap;
        }
    }
    return nullptr;
}

void ReviewPage::refresh() {
    const auto& swaps = studio_.swaps.swaps();
    const QSignalBlocker quiet(list_);
    list_->clear();
    int current = -1;
    bool changed = false;
    for (size_t i = 0; i < swaps.size(); ++i) {
        const auto standing = studio_.swaps.standing(swaps[i]);
        const QString name = SwapsModel::iconName(standing.state);
        auto* item = new QListWidgetItem(
            icon(name, theme::stateColor(name)),
            QFileInfo(swaps[i].out).fileName() + '\n' +
                tr("%1 with %2, %3")
                    .arg(swaps[i].clip, swaps[i].run, studio_.swaps.stateText(swaps[i], standing)));
        item->setSizeHint({200, 44});
        item->setToolTip(swaps[i].out);
        list_->addItem(item);
        if (swaps[i].out == out_) {
            current = static_cast<int>(i);
            changed = standing.state != state_;
        }
    }
    const bool hasRuns = !studio_.session.snapshot().runs.empty();
    centre_->setCurrentIndex(swaps.empty() ? 0 : 1);
    primary()->setText(hasRuns ? tr("Make a swap…") : tr("Train first"));
    if (swaps.empty()) {
        out_.clear();
        facts_->setText(tr("Nothing chosen."));
        folder_->setVisible(false);
        return;
    }
    folder_->setVisible(true);
    list_->setCurrentRow(std::max(0, current));
    if (current < 0 || changed) {
        choose(std::max(0, current));
    }
}

void ReviewPage::choose(int row) {
    const auto& swaps = studio_.swaps.swaps();
    if (row < 0 || static_cast<size_t>(row) >= swaps.size()) {
        return;
    }
    const SwapRecord& swap = swaps[static_cast<size_t>(row)];
    out_ = swap.out;
    const auto standing = studio_.swaps.standing(swap);
    state_ = standing.state;
    title_->setFullText(QFileInfo(swap.out).fileName());
    const QDateTime made = QDateTime::fromString(swap.created, Qt::ISODate).toLocalTime();
    QString facts = tr("Plate: %1\nRun: %2\nMade: %3\n%4")
                        .arg(swap.clip, swap.run, made.toString("yyyy-MM-dd hh:mm"), swap.out);
    if (state_ == SwapsModel::State::incomplete) {
        facts += tr("\n\nThis swap is %1. Render it again before anybody uses it.")
                     .arg(studio_.swaps.stateText(swap, standing));
    }
    facts_->setText(facts);
    frames_ = {};
    messages()->dismiss();
    view_->setPictures({}, {});
    ruler_->setRange(1, 0, {});
    transport_->setRange(1, 0, 24);
    if (state_ == SwapsModel::State::rendering || state_ == SwapsModel::State::missing) {
        view_->setMessage(
            state_ == SwapsModel::State::rendering
                ? tr("This swap is being rendered.")
                : tr("The file is not there: %1. Render it again, or put it back.").arg(swap.out));
        swap_.setPath({});
        plate_.setPath({});
        return;
    }
    view_->setMessage(tr("Opening…"));
    swap_.setPath(swap.out);
    QString plate;  // none when its clip was taken out of the project
    for (const auto& clip : studio_.session.snapshot().clips) {
        if (text(clip.name) == swap.clip) {
            plate = platePath(studio_.session, clip);
        }
    }
    plate_.setPath(plate);
}

// As soon as both are open.
void ReviewPage::matchFrames() {
    const SwapRecord* swap = shown();
    if (swap == nullptr || !swap_.info() || !plate_.info()) {
        return;
    }
    frames_ = SwapFrames(*swap_.info(), *plate_.info(), utf8(swap->frames));
    if (!frames_.known()) {
        messages()->show(MessageBar::Kind::warning,
                         tr("This movie has %1 frames, and it is not known which of the plate they "
                            "are. It cannot be compared with the plate.")
                             .arg(countText(swap_.info()->frames)));
    }
}

void ReviewPage::showFrame() {
    const int64_t frame = transport_->frame();
    ruler_->setFrame(frame);
    if (!swap_.info()) {
        return;
    }
    const auto failure = swap_.failure(frame);  // asking again may forget it
    const QImage swap = swap_.get(frame);
    transport_->shown(!swap.isNull());
    if (!swap.isNull()) {
        showPictures(swap);
    } else if (failure) {
        view_->setPictures({}, {});
        view_->setMessage(errorText(*failure));
    }
}

void ReviewPage::showPictures(const QImage& swap) {
    const auto number = frames_.plateFrame(transport_->frame());
    if (!number) {
        view_->setPictures(swap, {});
        return;
    }
    const auto failure = plate_.failure(*number);
    const QImage plate = plate_.get(*number);
    view_->setPictures(swap, plate,
                       plate.isNull() && failure ? tr("B  plate: %1").arg(text(failure->message))
                                                 : tr("B  plate %1").arg(*number));
}

}  // namespace understudy::ui
