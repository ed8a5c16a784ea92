// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/job_strip.h"

#include <QHBoxLayout>
#include <QMouseEvent>
#include <algorithm>

#include "ui/models/formatting.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

JobStrip::JobStrip(JobsModel* jobs, QWidget* parent) : QWidget(parent), jobs_(jobs) {
    setObjectName("jobStrip");
    setFixedHeight(28);
    setAutoFillBackground(true);
    QPalette palette = this->palette();
    palette.setColor(QPalette::Window, theme::kBar);
    setPalette(palette);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 2, 4, 2);
    row->setSpacing(8);
    icon_ = new QLabel;
    icon_->setFixedSize(16, 16);
    title_ = new ElidedLabel;
    title_->setObjectName("jobTitle");
    title_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    progress_ = label({}, theme::FontUse::number, theme::kSecond);
    progress_->setObjectName("jobProgress");
    bar_ = new QProgressBar;
    bar_->setObjectName("jobBar");
    bar_->setFixedSize(240, 6);
    bar_->setTextVisible(false);
    bar_->setRange(0, 1000);
    left_ = label({}, theme::FontUse::body, theme::kText);
    left_->setObjectName("jobLeft");
    pause_ = iconButton("pause", tr("Pause: saves, and frees the device"), "jobPause");
    stop_ = iconButton("stop", tr("Stop: saves first"), "jobStop");
    queued_ = label({}, theme::FontUse::body, theme::kSecond);
    queued_->setObjectName("jobsMore");
    failures_ = label({}, theme::FontUse::body, theme::kError);
    drawer_ = iconButton("up", tipWithKey(tr("All jobs"), "Ctrl+J"), "jobDrawerButton");
    drawer_->setCheckable(true);
    for (QWidget* part :
         std::initializer_list<QWidget*>{icon_, title_, progress_, bar_, left_, pause_, stop_}) {
        row->addWidget(part);
    }
    row->addStretch(1);
    row->addWidget(queued_);
    row->addWidget(failures_);
    row->addWidget(drawer_);
    connect(jobs_, &JobsModel::changed, this, &JobStrip::refresh);
    connect(drawer_, &QToolButton::toggled, this, &JobStrip::drawerToggled);
    connect(stop_, &QToolButton::clicked, this, [this] { Q_EMIT stopRequested(text(job_)); });
    connect(pause_, &QToolButton::clicked, this, [this] {
        if (const JobState* job = jobs_->find(job_)) {
            jobs_->act(job->info.state == "paused" ? JobAction::resume : JobAction::pause, job_);
        }
    });
    refresh();
}

void JobStrip::setDrawerOpen(bool open) {
    drawer_->setChecked(open);
}

void JobStrip::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint())) {
        drawer_->toggle();
    }
}

void JobStrip::refresh() {
    const JobState* job = jobs_->foremost();
    const bool any = job != nullptr;
    job_ = any ? job->info.job : std::string();
    const bool active = any && job->active();
    for (QWidget* part : std::initializer_list<QWidget*>{bar_, left_, pause_, stop_}) {
        part->setVisible(active);
    }
    progress_->setVisible(any);
    icon_->setVisible(any);
    const auto elsewhere = jobs_->everyones();
    const auto running = std::count_if(elsewhere.begin(), elsewhere.end(),
                                       [](const JobState& other) { return other.active(); });
    title_->setFullText(any            ? text(job->info.title)
                        : running == 0 ? tr("No jobs")
                        : running == 1 ? tr("One job of another project is at work")
                                       : tr("%1 jobs of other projects are at work").arg(running));
    setColor(title_, any ? theme::kText : theme::kHint);
    if (any) {
        const QString name = job->iconName();
        icon_->setPixmap(iconPixmap(name, 16, theme::stateColor(name), devicePixelRatioF()));
        progress_->setText(job->progressText());
    }
    if (active) {
        bar_->setValue(
            job->info.total > 0 ? static_cast<int>(1000 * job->info.done / job->info.total) : 0);
        const bool lost = jobs_->gateway()->state() != JobGateway::State::ready;
        left_->setText(lost ? tr("not connected, last heard of earlier")
                       : job->info.state == "running"
                           ? timeLeftText(job->info.secondsLeftLow, job->info.secondsLeftHigh)
                           : job->stateText());
        const bool paused = job->info.state == "paused";
        pause_->setIcon(icon(paused ? "play" : "pause"));
        pause_->setToolTip(paused ? tr("Go on") : tr("Pause: saves, and frees the device"));
        pause_->setVisible(paused || job->info.state == "running");
        stop_->setEnabled(job->info.state != "stopping");
    }
    const int more = jobs_->activeCount() - (active ? 1 : 0);
    queued_->setText(more > 0 ? tr("+ %1 more").arg(more) : QString());
    QStringList others;
    for (const JobState& other : jobs_->jobs()) {
        if (other.active() && &other != job) {
            others << tr("%1: %2").arg(text(other.info.title), other.stateText());
        }
    }
    queued_->setToolTip(others.join(QLatin1Char('\n')));
    failures_->setText(jobs_->failedUnseen() > 0 ? tr("%1 failed").arg(jobs_->failedUnseen())
                                                 : QString());
}

}  // namespace understudy::ui
