// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/deliver_page.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

#include "media/base/paths.h"
#include "training/prepare/consent_gate.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/formatting.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

DeliverPage::DeliverPage(Studio& studio, QWidget* parent) : Page(PageId::deliver, studio, parent) {
    auto* what = new Panel(tr("Swap"));
    form_ = new SwapForm(&studio_.swaps);
    what->body()->addWidget(form_);
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
    centre_->addWidget(viewer_);
    auto* queue = new Panel(tr("Written and being written"));
    queue->body()->setContentsMargins(0, 0, 0, 0);
    queue_ = new QListWidget;
    queue_->setObjectName("swapQueue");
    queue_->setWordWrap(true);
    queue_->setSelectionMode(QAbstractItemView::NoSelection);
    queue->body()->addWidget(queue_, 1);
    summary_ = label({}, theme::FontUse::body, theme::kSecond);
    summary_->setObjectName("swapSummary");
    summary_->setWordWrap(true);
    summary_->setContentsMargins(8, 0, 8, 0);
    queue->body()->addWidget(summary_);
    buildColumns(what, 340, centre_, rightColumn({queue}, primary(), queue), 340);

    viewer_->addKeys(
        [this](const QString& text, const QKeySequence& key, std::function<void()> action) {
            addKey(text, key, std::move(action));
        });

    connect(primary(), &QPushButton::clicked, this, &DeliverPage::render);
    connect(form_, &SwapForm::changed, this, &DeliverPage::refresh);
    connect(form_, &SwapForm::browseRequested, this, [this](const QString& proposal) {
        const QString file = studio_.dialogs->outputFile(this, proposal);
        if (!file.isEmpty()) {
            form_->setOut(file);
        }
    });
    connect(&studio_.session, &ProjectSession::changed, this, &DeliverPage::refreshProject);
    connect(&studio_.session, &ProjectSession::closed, this, [this] {
        shownClip_.clear();
        viewer_->setClip({}, {}, 24);
        refreshProject();
    });
    connect(&studio_.swaps, &SwapsModel::changed, this, &DeliverPage::refresh);
    connect(&studio_.jobs, &JobsModel::jobEnded, this, [this](const QString& id) {
        const JobState* job = studio_.jobs.find(utf8(id));
        if (job == nullptr || job->info.kind != "swap") {
            return;
        }
        form_->proposeName();
        if (job->failed() && job->info.error) {
            messages()->show(MessageBar::Kind::error, errorText(*job->info.error));
        } else if (job->info.state == "finished") {
            const QString done = tr("%1 is done.").arg(text(job->info.title));
            job->warnings.empty()
                ? messages()->show(MessageBar::Kind::note, done, tr("Review it"))
                : messages()->show(MessageBar::Kind::warning, done + '\n' + job->warningText(),
                                   tr("Review it"));
        }
    });
    connect(messages(), &MessageBar::actionPressed, this, [this] {
        messages()->dismiss();
        Q_EMIT goTo(PageId::review);
    });
    refreshProject();
}

QWidget* DeliverPage::focusTarget() const {
    return viewer_->view();
}

bool DeliverPage::working() const {
    return studio_.jobs.active("swap") != nullptr;
}

void DeliverPage::chooseRun(const QString& run) {
    form_->chooseRun(run);
}

void DeliverPage::chooseClip(const QString& clip) {
    form_->chooseClip(clip);
}

void DeliverPage::refreshProject() {
    form_->setProject(studio_.session.snapshot());
    centre_->setCurrentIndex(studio_.session.snapshot().runs.empty() ? 0 : 1);
}

void DeliverPage::showPlate() {
    if (form_->clip() == shownClip_) {
        return;
    }
    shownClip_ = form_->clip();
    for (const auto& clip : studio_.session.snapshot().clips) {
        if (text(clip.name) == shownClip_) {
            viewer_->setClip(tr("Plate %1").arg(shownClip_), platePath(studio_.session, clip),
                             clip.fps);
        }
    }
}

void DeliverPage::refresh() {
    showPlate();
    queue_->clear();
    for (const SwapRecord& swap : studio_.swaps.swaps()) {
        const auto standing = studio_.swaps.standing(swap);
        const QString name = SwapsModel::iconName(standing.state);
        auto* item = new QListWidgetItem(
            icon(name, theme::stateColor(name)),
            QFileInfo(swap.out).fileName() + '\n' + studio_.swaps.stateText(swap, standing));
        item->setSizeHint({200, 44});
        item->setToolTip(swap.out);
        queue_->addItem(item);
    }
    const SwapSettings settings = form_->settings();
    const bool hasRun = !settings.run.empty();
    primary()->setEnabled(!asking_ && !studio_.session.readOnly());
    if (!hasRun) {
        primary()->setText(tr("Train first"));
        summary_->clear();
    } else if (studio_.jobs.active("swap", settings.run, settings.clip) != nullptr) {
        primary()->setText(tr("Review"));
        summary_->setText(
            tr("This plate is being rendered. What is written can be watched in Review when it is "
               "done."));
    } else {
        primary()->setText(tr("Render %1").arg(text(settings.clip)));
        summary_->setText(SwapsModel::isThere(settings.out)
                              ? tr("%1 is there already and will be replaced.")
                                    .arg(QFileInfo(settings.out).fileName())
                              : QString());
    }
    Q_EMIT markChanged();
}

void DeliverPage::render() {
    const SwapSettings settings = form_->settings();
    if (settings.run.empty()) {
        Q_EMIT goTo(PageId::train);
        return;
    }
    if (studio_.jobs.active("swap", settings.run, settings.clip) != nullptr) {
        Q_EMIT goTo(PageId::review);
        return;
    }
    if (settings.clip.empty() || settings.out.isEmpty()) {
        showError({ErrorCode::usage, "the swap needs a plate and a file to write", "",
                   "Choose a plate on the left"});
        return;
    }
    if (!QDir().mkpath(QFileInfo(settings.out).absolutePath())) {
        showError({ErrorCode::cannotWrite, "the folder cannot be made",
                   utf8(QFileInfo(settings.out).absolutePath()), "Choose another place"});
        return;
    }
    messages()->dismiss();
    asking_ = true;
    studio_.session.ask(
        this,
        [settings](media::Project& project) {
            return training::checkSwapConsent(project, settings.run, settings.clip,
                                              siteSettingsFiles());
        },
        [this, settings](const Status& allowed) {
            if (allowed.ok()) {
                start(settings);
            } else {
                asking_ = false;
                showError(allowed.error());
                refresh();
            }
        });
    refresh();
}

void DeliverPage::start(const SwapSettings& settings) {
    studio_.jobs.start(
        swapJob(utf8(studio_.session.folder()), settings), [this, settings](const Status& status) {
            asking_ = false;
            if (status.ok()) {
                studio_.swaps.add({settings.out, text(settings.run), text(settings.clip),
                                   QDateTime::currentDateTimeUtc().toString(Qt::ISODate),
                                   text(settings.frames)});
            } else {
                showError(status.error());
            }
            refresh();
        });
    refresh();
}

}  // namespace understudy::ui
