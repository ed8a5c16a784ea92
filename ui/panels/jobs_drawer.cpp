// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/jobs_drawer.h"

#include <QCheckBox>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QDesktopServices>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/formatting.h"
#include "ui/models/queue_view.h"
#include "ui/panels/basics.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

namespace {

constexpr const char* kEveryones = "jobs/everyones";  // jobs of all projects are listed

class JobDelegate : public QStyledItemDelegate {
  public:
    JobDelegate(const JobListModel* jobs, QObject* parent)
        : QStyledItemDelegate(parent), jobs_(jobs) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {400, 28};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const JobState* job = jobs_->job(index);
        if (job == nullptr) {
            return;
        }
        const QRect rect = option.rect;
        painter->fillRect(rect, option.state & QStyle::State_Selected ? theme::kSelected
                                : index.row() % 2 != 0                ? theme::kSurround
                                                                      : theme::kBase);
        const QString name = job->iconName();
        painter->drawPixmap(
            rect.x() + 12, rect.y() + 6,
            iconPixmap(name, 16, theme::stateColor(name), painter->device()->devicePixelRatioF()));
        const auto column = [&](int from, int width, const QString& words, const QColor& color,
                                theme::FontUse use = theme::FontUse::body) {
            painter->setFont(theme::font(use));
            painter->setPen(color);
            painter->drawText(QRect(rect.x() + from, rect.y(), width, rect.height()),
                              Qt::AlignVCenter,
                              painter->fontMetrics().elidedText(words, Qt::ElideRight, width));
        };
        const bool others = jobs_->isOthers(*job);
        column(40, 300, index.data().toString(), others ? theme::kHint : theme::kText);
        column(352, 64, job->stateText(), theme::kSecond);
        const QDateTime at = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(job->info.started));
        column(424, 110, job->info.started > 0 ? at.toString("MM-dd hh:mm:ss") : QString(),
               theme::kHint, theme::FontUse::numberCaption);
        if (waits(*job)) {
            column(548, rect.width() - 560, waitingText(jobs_->all(), *job), theme::kSecond);
        } else if (job->active() && job->info.total > 0) {
            QRect bar(rect.x() + 548, rect.center().y() - 2, 200, 6);
            painter->fillRect(bar, theme::kGap);
            bar.setWidth(
                static_cast<int>(bar.width() * std::min(1.0, job->info.done / job->info.total)));
            painter->fillRect(bar, others ? theme::kEdge : theme::kAccent);
            column(764, 260, job->progressText(), theme::kSecond, theme::FontUse::numberCaption);
            column(1036, rect.width() - 1048,
                   job->info.state == "running"
                       ? timeLeftText(job->info.secondsLeftLow, job->info.secondsLeftHigh)
                       : QString(),
                   theme::kText);
        } else if (job->info.error) {
            column(548, rect.width() - 560, errorText(*job->info.error), theme::kError);
        } else if (!job->warnings.empty()) {
            column(548, rect.width() - 560, job->warningText().replace('\n', QStringLiteral("   ")),
                   theme::stateColor(QStringLiteral("warning")));
        } else if (job->info.ended > job->info.started && job->info.started > 0) {
            column(548, 200,
                   JobsModel::tr("took %1").arg(durationText(job->info.ended - job->info.started)),
                   theme::kHint);
        }
    }

  private:
    const JobListModel* jobs_;
};

}  // namespace

JobsDrawer::JobsDrawer(JobsModel* jobs, UiSettings* settings, QWidget* parent)
    : QWidget(parent), jobs_(jobs), settings_(settings) {
    setObjectName("jobsDrawer");
    // On a small window the page above keeps what it needs.
    setMinimumHeight(96);
    setMaximumHeight(240);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* panel = new Panel(tr("Jobs"));
    column->addWidget(panel);
    panel->body()->setContentsMargins(0, 0, 0, 0);
    model_ = new JobListModel(jobs_, this);
    list_ = new QListView;
    list_->setObjectName("jobsList");
    list_->setModel(model_);
    list_->setUniformItemSizes(true);
    list_->setItemDelegate(new JobDelegate(model_, list_));
    list_->setAccessibleName(tr("Jobs"));
    list_->installEventFilter(this);
    connect(list_, &QListView::doubleClicked, this,
            [this](const QModelIndex& index) { openResult(model_->job(index)); });
    empty_ = label({}, theme::FontUse::body, theme::kSecond);
    empty_->setObjectName("jobsEmpty");
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    content_ = new QStackedWidget;
    content_->addWidget(list_);
    content_->addWidget(empty_);
    panel->body()->addWidget(content_);
    buildHeader(panel);
    connect(jobs_, &JobsModel::changed, this, &JobsDrawer::refresh);
    refresh();
}

void JobsDrawer::buildHeader(Panel* panel) {
    panel->header()->addWidget(
        label(tr("Alt+Up Alt+Down place   + − priority   H hold   R try again   Del stop   L log"),
              theme::FontUse::caption, theme::kHint));
    panel->header()->addSpacing(12);
    everyones_ = new QCheckBox(tr("All projects"));
    everyones_->setObjectName("jobsEveryones");
    everyones_->setToolTip(
        tr("Also what runs and waits of other projects: it may hold the GPUs that these wait for"));
    everyones_->setFocusPolicy(Qt::TabFocus);
    everyones_->setChecked(settings_->flag(kEveryones));
    model_->setEveryones(everyones_->isChecked());
    panel->header()->addWidget(everyones_);
    connect(everyones_, &QCheckBox::toggled, this, [this](bool on) {
        settings_->setFlag(kEveryones, on);
        model_->setEveryones(on);
        refresh();
    });
}

// Where nothing is listed, what would be.
void JobsDrawer::refresh() {
    content_->setCurrentIndex(model_->rowCount() > 0 ? 0 : 1);
    const int others = model_->ofOthers();
    QString words =
        tr("Nothing is running. Find faces in Ingest, start a training in Train or "
           "write a swap in Deliver: it is listed here, and goes on when this window "
           "is closed.");
    if (others > 0) {
        words += '\n' + (others == 1 ? tr("One job of another project is at work or waits: tick "
                                          "All projects to see it.")
                                     : tr("%1 jobs of other projects are at work or wait: tick "
                                          "All projects to see them.")
                                           .arg(countText(others)));
    }
    empty_->setText(words);
}

QSize JobsDrawer::sizeHint() const {
    return {400, 240};
}

void JobsDrawer::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (jobs_->failedUnseen() > 0) {
        jobs_->markFailuresSeen();
    }
}

void JobsDrawer::contextMenuEvent(QContextMenuEvent* event) {
    const JobState* job =
        model_->job(list_->indexAt(list_->viewport()->mapFromGlobal(event->globalPos())));
    if (job == nullptr) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setObjectName("jobMenu");
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(menu, *job);
    menu->popup(event->globalPos());
}

const JobState* JobsDrawer::current() const {
    return model_->job(list_->currentIndex());
}

void JobsDrawer::ask(const std::optional<training::ChangeJob>& change) {
    if (change) {
        jobs_->change(*change);
    }
}

// Of swaps and deliveries that are done.
void JobsDrawer::openResult(const JobState* job) const {
    if (job != nullptr && job->info.state == "finished" &&
        (job->info.kind == "swap" || job->info.kind == "deliver")) {
        QDesktopServices::openUrl(QUrl::fromLocalFile(job->folder()));
    }
}

// These are keys of pages as well: here the list has them.
bool JobsDrawer::eventFilter(QObject* watched, QEvent* event) {
    const bool isKey =
        event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress;
    if (watched != list_ || !isKey) {
        return QWidget::eventFilter(watched, event);
    }
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool turn = key->key() == Qt::Key_Up || key->key() == Qt::Key_Down;
    const bool plain = key->modifiers() == Qt::NoModifier ||
                       (key->modifiers() == Qt::ShiftModifier && key->key() == Qt::Key_Plus);
    const bool ours = (turn && key->modifiers() == Qt::AltModifier) ||
                      (plain && (key->key() == Qt::Key_Plus || key->key() == Qt::Key_Minus ||
                                 key->key() == Qt::Key_H || key->key() == Qt::Key_R ||
                                 key->key() == Qt::Key_L || key->key() == Qt::Key_Delete ||
                                 key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter));
    if (!ours || current() == nullptr) {
        return false;
    }
    if (event->type() == QEvent::KeyPress) {
        press(key->key());
    }
    event->accept();
    return true;
}

void JobsDrawer::press(int key) {
    const JobState& job = *current();
    const QString id = text(job.info.job);
    switch (key) {
        case Qt::Key_Up:
            ask(moved(model_->jobs(), job.info.job, -1));
            break;
        case Qt::Key_Down:
            ask(moved(model_->jobs(), job.info.job, 1));
            break;
        case Qt::Key_Plus:
            ask(withPriority(job, job.info.priority + training::kPriorityStep));
            break;
        case Qt::Key_Minus:
            ask(withPriority(job, job.info.priority - training::kPriorityStep));
            break;
        case Qt::Key_H:
            if (job.info.state == "paused") {
                Q_EMIT actionRequested(id, JobAction::resume);
            } else if (job.info.state == "queued" || job.info.state == "running") {
                Q_EMIT actionRequested(id, JobAction::pause);
            }
            break;
        case Qt::Key_R:
            if (job.mayResume() && job.info.state != "paused") {
                Q_EMIT actionRequested(id, JobAction::resume);
            }
            break;
        case Qt::Key_L:
            if (!jobs_->isOthers(job)) {
                Q_EMIT logRequested(id);
            }
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            openResult(&job);
            break;
        case Qt::Key_Delete:
            if (job.active() && job.info.state != "stopping") {
                Q_EMIT stopRequested(id);
            }
            break;
        default:
            break;
    }
}

void JobsDrawer::addTurns(QMenu* menu, const JobState& job) {
    const auto addMove = [&](const QString& words, int by) {
        const auto change = moved(model_->jobs(), job.info.job, by);
        menu->addAction(words, this, [this, change] { ask(change); })
            ->setEnabled(change.has_value());
    };
    addMove(tr("Move up\tAlt+Up"), -1);
    addMove(tr("Move down\tAlt+Down"), 1);
    addMove(tr("To the front"), -2);
    addMove(tr("To the end"), 2);
    QMenu* priorities = menu->addMenu(tr("Priority"));
    priorities->setObjectName("priorityMenu");
    for (const int64_t steps : {1, 0, -1}) {
        const int64_t priority = steps * training::kPriorityStep;
        const auto change = withPriority(job, priority);
        QAction* action =
            priorities->addAction(priorityText(priority), this, [this, change] { ask(change); });
        action->setCheckable(true);
        action->setChecked(job.info.priority == priority);
    }
}

// What it waits for: a tick for each job that could be it.
void JobsDrawer::addWaiting(QMenu* menu, const JobState& job) {
    QMenu* others = menu->addMenu(tr("Begin after"));
    others->setObjectName("afterMenu");
    for (const JobState& other : model_->jobs()) {
        if (!other.active() || other.info.job == job.info.job) {
            continue;
        }
        std::vector<std::string> after = job.info.after;
        const bool isAfter = std::erase(after, other.info.job) > 0;
        if (!isAfter) {
            after.push_back(other.info.job);
        }
        training::ChangeJob change;
        change.job = job.info.job;
        change.after = after;
        QAction* action =
            others->addAction(text(other.info.title), this, [this, change] { ask(change); });
        action->setCheckable(true);
        action->setChecked(isAfter);
    }
    others->setEnabled(!others->isEmpty());
}

void JobsDrawer::fillMenu(QMenu* menu, const JobState& job) {
    const QString id = text(job.info.job);
    const auto add = [&](const QString& words, JobAction action) {
        menu->addAction(words, this, [this, id, action] { Q_EMIT actionRequested(id, action); });
    };
    if (waits(job)) {
        addTurns(menu, job);
        addWaiting(menu, job);
        menu->addSeparator();
    }
    if (job.info.state == "running") {
        add(tr("Pause"), JobAction::pause);
    } else if (job.info.state == "queued") {
        add(tr("Hold"), JobAction::pause);
    }
    if (job.mayResume()) {
        add(job.info.state == "paused" ? tr("Resume") : tr("Try again"), JobAction::resume);
    }
    if (job.active() && job.info.state != "stopping") {
        menu->addAction(tr("Stop"), this, [this, id] { Q_EMIT stopRequested(id); });
    }
    if (!jobs_->isOthers(job)) {
        menu->addAction(tr("Show log"), this, [this, id] { Q_EMIT logRequested(id); });
    }
    menu->addAction(tr("Open folder"), this, [folder = job.folder()] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
    });
}

}  // namespace understudy::ui
