// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/deliver_page.h"

#include <QDateTime>
#include <QFileInfo>
#include <algorithm>

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
    viewer_ = new ClipViewer(studio_.decoding);
    viewer_->look()->setDisplay(&studio_.display);
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
        live ? askPreview() : preview_.end();
        showPreview();
    });
    return centre_;
}

QWidget* DeliverPage::buildQueue() {
    auto* queue = new Panel(tr("Written and being written"));
    queue->body()->setContentsMargins(0, 0, 0, 0);
    written_ = new WrittenList(studio_);
    queue->body()->addWidget(written_, 1);
    summary_ = label({}, theme::FontUse::body, theme::kSecond);
    summary_->setObjectName("swapSummary");
    summary_->setWordWrap(true);
    summary_->setContentsMargins(8, 0, 8, 0);
    queue->body()->addWidget(summary_);
    connect(written_, &WrittenList::logWanted, this, &DeliverPage::logWanted);
    connect(written_, &WrittenList::reviewWanted, this, [this] { Q_EMIT goTo(PageId::review); });
    return rightColumn({queue}, primary(), queue);
}

void DeliverPage::buildKeys() {
    viewer_->addKeys(keyAdder());
    const auto toggle = [this](Shown what, Shown other) {
        showWhat(shown_->currentIndex() == static_cast<int>(what) ? other : what);
    };
    addKey("wipe", tr("Wipe between plate and result"), Qt::Key_W,
           [toggle] { toggle(Shown::wipe, Shown::result); });
    addKey("mask", tr("Mask"), Qt::Key_M, [toggle] { toggle(Shown::mask, Shown::result); });
    addKey("plate", tr("Plate or result"), Qt::Key_QuoteLeft,
           [toggle] { toggle(Shown::plate, Shown::result); });
    addKey("openFolder", tr("Open the folder of the result"), QKeySequence("Ctrl+Shift+O"),
           [this] { written_->openFolder(); });
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
        ordered_.clear();
        preview_.end();
        picture_.reset();
        viewer_->setClip({}, {}, {});
        refreshProject();
    });
    connect(&studio_.swaps, &SwapsModel::changed, this, [this] {
        whenSeen([this] {
            written_->refresh();
            refreshPrimary();
        });
        Q_EMIT markChanged();
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
    preview_.end();  // a training that starts finds its GPU empty
    viewer_->transport()->setPlaying(false);
    form_->keep();
}

void DeliverPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    studio_.results.lookAgain();
    studio_.shelf.lookAgain();
    askPreview();
}

void DeliverPage::refreshProject() {
    form_->refresh();
    centre_->setCurrentIndex(studio_.session.snapshot().runs.empty() ? 0 : 1);
    written_->refresh();
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

// A training, of whatever project, has its GPUs for itself, and so has a viewport those that are
// kept for it. Where it is not known which are whose, a training has them all.
std::string DeliverPage::previewDevice() const {
    const auto jobs = studio_.jobs.everyones();
    const auto trains = [](const JobState& job) {
        return job.info.kind == "train" && job.running();
    };
    const auto isBusy = [&](const DeviceState& device) {
        return std::any_of(jobs.begin(), jobs.end(), [&](const JobState& job) {
            const auto& at = job.info.devices;
            return trains(job) &&
                   (at.empty() || std::find(at.begin(), at.end(), device.info.id) != at.end());
        });
    };
    const auto& devices = studio_.devices.devices();
    const auto free = std::find_if(devices.begin(), devices.end(), [&](const DeviceState& device) {
        return device.isGpu() && !device.vanished && !device.info.reserved && !isBusy(device);
    });
    const bool anyGpu = std::any_of(devices.begin(), devices.end(),
                                    [](const DeviceState& device) { return device.isGpu(); });
    const bool training = std::any_of(jobs.begin(), jobs.end(), trains);
    return free != devices.end() ? utf8(free->planName()) : anyGpu || training ? "cpu" : "";
}

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
                           form_->format(), previewDevice()));
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

// Nobody wants the very same twice, under two names, at once.
bool DeliverPage::beingRendered(const RenderOrder& order) const {
    return std::any_of(ordered_.begin(), ordered_.end(), [&](const RenderOrder& other) {
        const bool same = samePictures(other, order) && other.quality == order.quality &&
                          QFileInfo(other.out).suffix() == QFileInfo(order.out).suffix();
        const SwapRecord* swap = same ? studio_.swaps.find(other.out) : nullptr;
        const JobState* job = swap == nullptr ? nullptr : studio_.swaps.jobOf(*swap);
        return job != nullptr && job->active();
    });
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
    // Nothing is written over before it is known what is there.
    const bool known = std::all_of(orders.begin(), orders.end(), [this](const RenderOrder& order) {
        return order.isDelivery() || studio_.names.standing(order).known;
    });
    primary()->setEnabled(canWrite && !orders.empty() && !form_->problem() && known);
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
            "This is being rendered. It can be watched in Review when it is done; another look, "
            "other frames or another form can be asked for meanwhile.");
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
                ordered_.push_back(order);
            } else {
                showError(status.error());
            }
            form_->refresh();
        });
}

}  // namespace understudy::ui
