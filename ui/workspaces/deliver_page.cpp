// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/deliver_page.h"

#include <QDateTime>
#include <QFileInfo>

#include "media/base/paths.h"
#include "training/prepare/consent_gate.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/consent_words.h"
#include "ui/models/formatting.h"
#include "ui/panels/column_scroll.h"
#include "ui/panels/icons.h"
#include "ui/panels/version_list.h"
#include "ui/panels/wheel_guard.h"

namespace understudy::ui {
namespace {

constexpr const char* kStillSetting = "deliver/still";  // no live preview
constexpr int kAgainAfter = 250;                        // ms

}  // namespace

DeliverPage::DeliverPage(Studio& studio, QWidget* parent) : Page(PageId::deliver, studio, parent) {
    QWidget* form = buildForm();
    QWidget* centre = buildCentre();
    buildColumns(form, 400, centre, buildQueue(), 340);
    buildKeys();
    connectParts();
    showWhat(Shown::wipe);
    refreshProject();
}

QWidget* DeliverPage::buildForm() {
    auto* what = new Panel(tr("Deliver"));
    form_ = new DeliverForm(studio_);
    auto* scroll = new ColumnScroll;
    scroll->setObjectName("deliverScroll");
    guardWheel(form_);
    scroll->setWidget(form_);
    what->body()->setContentsMargins(8, 8, 4, 4);
    what->body()->addWidget(scroll);
    return what;
}

QWidget* DeliverPage::buildCentre() {
    centre_ = new QStackedWidget;
    auto* empty = new EmptyState("deliver", tr("No training run yet."),
                                 tr("A swap is made with what a run has learned."));
    empty->setObjectName("deliverEmpty");
    connect(empty->addButton(tr("Go to Train"), "deliverToTrain"), &QPushButton::clicked, this,
            [this] { Q_EMIT goTo(PageId::train); });
    centre_->addWidget(empty);
    viewer_ = new ClipViewer;
    viewer_->setObjectName("deliverViewer");
    viewer_->setOutlines(false);
    shown_ = new QComboBox;
    shown_->setObjectName("deliverShown");
    shown_->setToolTip(tr("What is shown: result (`), wipe (W), mask (M)"));
    for (const QString& name : {tr("result"), tr("wipe"), tr("mask"), tr("plate")}) {
        shown_->addItem(name);
    }
    live_ = new QCheckBox(tr("live"));
    live_->setObjectName("deliverLive");
    live_->setToolTip(tr("Render the frame that is looked at after each change"));
    live_->setChecked(!studio_.settings->flag(kStillSetting));
    previewState_ = label({}, theme::FontUse::caption, theme::kSecond);
    previewState_->setObjectName("previewState");
    QHBoxLayout* row = viewer_->header();
    row->insertWidget(1, previewState_);
    row->insertWidget(2, live_);
    row->insertWidget(3, shown_);
    row->insertSpacing(4, 8);
    centre_->addWidget(viewer_);
    connect(shown_, &QComboBox::activated, this,
            [this](int what) { showWhat(static_cast<Shown>(what)); });
    connect(live_, &QCheckBox::toggled, this, [this](bool live) {
        studio_.settings->setFlag(kStillSetting, !live);
        live ? askPreview() : preview_.cancel();
        showPreview();
    });
    return centre_;
}

QWidget* DeliverPage::buildQueue() {
    auto* queue = new Panel(tr("Written and being written"));
    queue->body()->setContentsMargins(0, 0, 0, 0);
    queue_ = new QListWidget;
    queue_->setObjectName("swapQueue");
    queue_->setTextElideMode(Qt::ElideMiddle);
    queue->body()->addWidget(queue_, 1);
    nothing_ = label(tr("Nothing written yet."), theme::FontUse::body, theme::kSecond);
    nothing_->setAlignment(Qt::AlignCenter);
    queue->body()->addWidget(nothing_, 1);
    folder_ = new QPushButton(icon("folder"), tr("Open folder"));
    folder_->setObjectName("deliverOpenFolder");
    folder_->setToolTip(
        tipWithKey(tr("The folder of the result that is chosen"), QStringLiteral("Ctrl+Shift+O")));
    auto* row = new QHBoxLayout;
    row->setContentsMargins(8, 0, 8, 0);
    row->addStretch(1);
    row->addWidget(folder_);
    queue->body()->addLayout(row);
    summary_ = label({}, theme::FontUse::body, theme::kSecond);
    summary_->setObjectName("swapSummary");
    summary_->setWordWrap(true);
    summary_->setContentsMargins(8, 0, 8, 0);
    queue->body()->addWidget(summary_);
    connect(folder_, &QPushButton::clicked, this, &DeliverPage::openFolder);
    connect(queue_, &QListWidget::itemActivated, this, &DeliverPage::openFolder);
    return rightColumn({queue}, primary(), queue);
}

void DeliverPage::buildKeys() {
    viewer_->addKeys(
        [this](const QString& text, const QKeySequence& key, std::function<void()> action) {
            addKey(text, key, std::move(action));
        });
    const auto toggle = [this](Shown what, Shown other) {
        showWhat(shown_->currentIndex() == static_cast<int>(what) ? other : what);
    };
    addKey(tr("Wipe between plate and result"), Qt::Key_W,
           [toggle] { toggle(Shown::wipe, Shown::result); });
    addKey(tr("Mask"), Qt::Key_M, [toggle] { toggle(Shown::mask, Shown::result); });
    addKey(tr("Plate or result"), Qt::Key_QuoteLeft,
           [toggle] { toggle(Shown::plate, Shown::result); });
    addKey(tr("Open the folder of the result"), QKeySequence("Ctrl+Shift+O"),
           [this] { openFolder(); });
}

void DeliverPage::connectParts() {
    connect(primary(), &QPushButton::clicked, this, &DeliverPage::press);
    connect(form_, &DeliverForm::changed, this, [this] {
        showPlate();
        refreshPrimary();
        askPreview();
    });
    connect(form_, &DeliverForm::folderRequested, this, &DeliverPage::chooseFolder);
    connect(&studio_.session, &ProjectSession::changed, this, &DeliverPage::refreshProject);
    connect(&studio_.versions, &VersionsModel::changed, this, &DeliverPage::refreshProject);
    connect(&studio_.session, &ProjectSession::closed, this, [this] {
        shownClip_.clear();
        preview_.cancel();
        picture_.reset();
        viewer_->setClip({}, {}, {});
        refreshProject();
    });
    connect(&studio_.swaps, &SwapsModel::changed, this, [this] {
        refreshQueue();
        refreshPrimary();
    });
    connect(&studio_.jobs, &JobsModel::jobEnded, this, &DeliverPage::tellEnd);
    connect(viewer_, &Player::frameChanged, this, [this] {
        askPreview();
        showPreview();
    });
    connect(viewer_->transport(), &TransportBar::partChosen, this,
            [this] { form_->setRange(viewer_->transport()->in(), viewer_->transport()->out()); });
    connect(&preview_, &FramePreview::busyChanged, this, &DeliverPage::showPreview);
    connect(&preview_, &FramePreview::made, this, [this](const PreviewResult& result) {
        picture_ = result;
        pictureOf_ = shownClip_;
        noPicture_.reset();
        showPreview();
    });
    connect(&preview_, &FramePreview::failed, this, [this](const Error& error) {
        picture_.reset();
        noPicture_ = error;
        showPreview();
    });
    again_.setSingleShot(true);
    again_.setInterval(kAgainAfter);
    connect(&again_, &QTimer::timeout, this, &DeliverPage::askPreview);
}

QWidget* DeliverPage::focusTarget() const {
    return viewer_->view();
}

bool DeliverPage::working() const {
    return studio_.jobs.active("swap") != nullptr || studio_.jobs.active("deliver") != nullptr;
}

void DeliverPage::leave() {
    preview_.cancel();
    viewer_->transport()->setPlaying(false);
}

void DeliverPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    askPreview();
}

void DeliverPage::refreshProject() {
    form_->refresh();
    centre_->setCurrentIndex(studio_.session.snapshot().runs.empty() ? 0 : 1);
    refreshQueue();
}

void DeliverPage::showPlate() {
    if (form_->clip() == shownClip_) {
        return;
    }
    shownClip_.clear();  // its in and out are not the clip's that comes
    picture_.reset();
    noPicture_.reset();
    preview_.cancel();
    for (const auto& clip : studio_.session.snapshot().clips) {
        if (text(clip.name) == form_->clip()) {
            viewer_->setClip(tr("Plate %1").arg(form_->clip()), platePath(studio_.session, clip),
                             clip.said);
        }
    }
    shownClip_ = form_->clip();
    showPreview();
}

void DeliverPage::showWhat(Shown what) {
    shown_->setCurrentIndex(static_cast<int>(what));
    viewer_->setMode(what == Shown::plate  ? CompareMode::off
                     : what == Shown::wipe ? CompareMode::wipe
                                           : CompareMode::second);
    showPreview();
}

// A training has the GPUs for itself.
void DeliverPage::askPreview() {
    const auto order = form_->shownOrder();
    if (!isVisible() || !live_->isChecked() || !order || viewer_->transport()->empty()) {
        return;
    }
    if (viewer_->transport()->playing()) {
        again_.start();
        return;
    }
    preview_.ask(previewOf(utf8(studio_.session.folder()), *order, viewer_->transport()->frame(),
                           form_->format(), studio_.jobs.active("train") != nullptr));
}

// What was made stays on its frame until the next one comes.
void DeliverPage::showPreview() {
    const int64_t frame = viewer_->transport()->frame();
    const bool isMask = shown_->currentIndex() == static_cast<int>(Shown::mask);
    const bool here = picture_ && picture_->frame == frame && pictureOf_ == shownClip_;
    PlayerStill still;
    still.frame = frame;
    if (here) {
        const PreviewPicture& picture = isMask ? picture_->matte : picture_->picture;
        still.image = picture.image;
        still.deep = picture.deep;
    }
    const QString name = isMask ? tr("mask") : tr("result");
    QString state = live_->isChecked() ? QString() : tr("preview off");
    if (!live_->isChecked()) {
        still.image = {};
        still.deep = nullptr;
    } else if (preview_.busy()) {
        state = tr("rendering the frame…");
    } else if (noPicture_) {
        state = text(noPicture_->message);
    } else if (here) {
        state = picture_->swapped ? tr("rendered in %1 s").arg(picture_->seconds, 0, 'f', 1)
                                  : tr("no face in this frame: the plate stays");
    }
    previewState_->setText(previewState_->fontMetrics().elidedText(state, Qt::ElideRight, 160));
    previewState_->setToolTip(noPicture_ ? errorText(*noPicture_) : QString());
    setColor(previewState_,
             noPicture_ && live_->isChecked() && !preview_.busy() ? theme::kError : theme::kSecond);
    still.name = still.image.isNull() ? tr("%1: none yet").arg(name) : name;
    viewer_->setSecondStill(still);
}

void DeliverPage::refreshQueue() {
    const QListWidgetItem* item = queue_->currentItem();
    const QString chosen = item == nullptr ? QString() : item->toolTip();
    queue_->clear();
    for (const SwapRecord& swap : studio_.swaps.swaps()) {
        const auto standing = studio_.swaps.standing(swap);
        const QString name = SwapsModel::iconName(standing.state);
        const QString of =
            swap.version.isEmpty() ? QString() : tr("%1 of %2   ").arg(swap.version, swap.clip);
        auto* row = new QListWidgetItem(
            icon(name, theme::stateColor(name)),
            QFileInfo(swap.out).fileName() + '\n' + of + studio_.swaps.stateText(swap, standing));
        row->setSizeHint({200, 44});
        row->setToolTip(swap.out);
        queue_->addItem(row);
        if (swap.out == chosen || (chosen.isEmpty() && queue_->count() == 1)) {
            queue_->setCurrentItem(row);
        }
    }
    queue_->setVisible(queue_->count() > 0);
    nothing_->setVisible(queue_->count() == 0);
    folder_->setEnabled(queue_->count() > 0);
    Q_EMIT markChanged();
}

bool DeliverPage::beingRendered(const RenderOrder& order) const {
    return studio_.jobs.active("swap", order.run, order.clip.name) != nullptr;
}

void DeliverPage::refreshPrimary() {
    const auto& orders = form_->orders();
    const bool canWrite = asking_ == 0 && !studio_.session.readOnly();
    summary_->setText(summary());
    if (studio_.session.snapshot().runs.empty()) {
        primary()->setText(tr("Train first"));
        primary()->setEnabled(canWrite);
        return;
    }
    primary()->setEnabled(canWrite && !orders.empty() && !form_->problem());
    if (orders.empty()) {
        primary()->setText(tr("Tick a clip"));
    } else if (orders.size() > 1) {
        primary()->setText(tr("Write %1 clips").arg(orders.size()));
    } else if (orders.front().isDelivery()) {
        primary()->setText(tr("Deliver %1 of %2")
                               .arg(text(media::versionName(orders.front().version->number)),
                                    text(orders.front().clip.name)));
    } else if (beingRendered(orders.front())) {
        primary()->setText(tr("Review"));
        primary()->setEnabled(true);
    } else {
        primary()->setText(tr("Render %1").arg(text(orders.front().clip.name)));
    }
}

// Of whose face it is, and of whom it is put on.
QStringList DeliverPage::missingConsents(const std::vector<RenderOrder>& orders) const {
    const ProjectSnapshot& now = studio_.session.snapshot();
    QStringList missing;
    for (const RenderOrder& order : orders) {
        missing << missingConsent(now.consents, now.performersOf(order.run, order.clip.name),
                                  media::today());
    }
    missing.removeAll(QString());
    missing.removeDuplicates();
    return missing;
}

// Frames, what they take and what there is room for; what will be written over.
QString DeliverPage::summary() const {
    const auto& orders = form_->orders();
    if (orders.empty() || form_->problem()) {
        return {};
    }
    if (orders.size() == 1 && !orders.front().isDelivery() && beingRendered(orders.front())) {
        return tr(
            "This plate is being rendered. What is written can be watched in Review when it "
            "is done.");
    }
    QStringList lines;
    int64_t frames = 0;
    double bytes = 0;
    for (const RenderOrder& order : orders) {
        const auto count = static_cast<int64_t>(order.plateFrames().size());
        frames += count;
        bytes += bytesOfFrame(order.clip, form_->format()).value_or(0) * static_cast<double>(count);
        if (order.isDelivery() && order.version->status != media::VersionStatus::approved) {
            lines << tr("%1 of %2 is not approved: %3.")
                         .arg(text(media::versionName(order.version->number)),
                              text(order.clip.name), statusText(order.version->status));
        }
        if (const int64_t there = studio_.names.standing(order).there; there > 0) {
            lines << tr("%1 is there already and will be replaced.")
                         .arg(QFileInfo(order.out).fileName());
        }
    }
    for (const QString& missing : missingConsents(orders)) {
        lines << tr("%1 Record it in Ingest.").arg(missing);
    }
    const std::optional<double> room = studio_.names.room();
    QString first = tr("%1 frames").arg(countText(frames));
    first += bytes > 0 ? tr(", %1 at most").arg(bytesText(bytes)) : QString();
    first += room ? tr("; %1 free").arg(bytesText(*room)) : QString();
    lines.prepend(first);
    if (room && bytes > *room) {
        lines << tr("The disk may not have room for all of it.");
    }
    return lines.join('\n');
}

void DeliverPage::press() {
    if (studio_.session.snapshot().runs.empty()) {
        Q_EMIT goTo(PageId::train);
        return;
    }
    const std::vector<RenderOrder> orders = form_->orders();
    if (orders.size() == 1 && !orders.front().isDelivery() && beingRendered(orders.front())) {
        Q_EMIT goTo(PageId::review);
        return;
    }
    for (const RenderOrder& each : orders) {
        if (each.isDelivery() && each.version->status != media::VersionStatus::approved &&
            !studio_.dialogs->confirm(
                this,
                tr("%1 of %2 is not approved.")
                    .arg(text(media::versionName(each.version->number)), text(each.clip.name)),
                tr("It is %1.").arg(statusText(each.version->status)), tr("Deliver anyway"))) {
            return;
        }
    }
    messages()->dismiss();
    asking_ = static_cast<int>(orders.size());
    for (const RenderOrder& each : orders) {
        order(each);
    }
    refreshPrimary();
}

void DeliverPage::order(const RenderOrder& order) {
    studio_.session.ask(
        this,
        [order](media::Project& project) {
            return training::checkSwapConsent(project, order.run, order.clip.name,
                                              siteSettingsFiles());
        },
        [this, order](const Status& allowed) {
            if (allowed.ok()) {
                start(order);
                return;
            }
            --asking_;
            showError(allowed.error());
            form_->refresh();
        });
}

void DeliverPage::start(const RenderOrder& order) {
    studio_.jobs.start(
        renderJob(utf8(studio_.session.folder()), order), [this, order](const Status& status) {
            --asking_;
            if (status.ok()) {
                SwapRecord record{order.out, text(order.run), text(order.clip.name),
                                  QDateTime::currentDateTimeUtc().toString(Qt::ISODate),
                                  text(order.frameList())};
                if (order.isDelivery()) {
                    record.version = text(media::versionName(order.version->number));
                }
                studio_.swaps.add(record);
            } else {
                showError(status.error());
            }
            form_->refresh();
        });
}

}  // namespace understudy::ui
