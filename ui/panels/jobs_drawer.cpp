// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/jobs_drawer.h"

#include <QAbstractListModel>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QDesktopServices>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

class JobsDrawer::ListModel : public QAbstractListModel {
  public:
    explicit ListModel(JobsModel* jobs, QObject* parent) : QAbstractListModel(parent), jobs_(jobs) {
        connect(jobs_, &JobsModel::changed, this, [this] {
            if (rows_ != static_cast<int>(jobs_->jobs().size())) {
                beginResetModel();
                rows_ = static_cast<int>(jobs_->jobs().size());
                endResetModel();
            } else if (rows_ > 0) {
                Q_EMIT dataChanged(index(0), index(rows_ - 1));
            }
        });
    }

    int rowCount(const QModelIndex& parent) const override { return parent.isValid() ? 0 : rows_; }

    const JobState* job(const QModelIndex& index) const {
        return index.isValid() && static_cast<size_t>(index.row()) < jobs_->jobs().size()
                   ? &jobs_->jobs()[static_cast<size_t>(index.row())]
                   : nullptr;
    }

    QVariant data(const QModelIndex& index, int role) const override {
        const JobState* state = job(index);
        if (state == nullptr) {
            return {};
        }
        if (role == Qt::DisplayRole) {
            return text(state->info.title);
        }
        if (role == Qt::ToolTipRole) {
            QStringList lines = {state->info.error ? errorText(*state->info.error)
                                                   : text(state->info.title)};
            lines << QStringList(state->warnings.begin(), state->warnings.end());
            return lines.join('\n');
        }
        return {};
    }

  private:
    JobsModel* jobs_;
    int rows_ = 0;
};

namespace {

class JobDelegate : public QStyledItemDelegate {
  public:
    using JobOf = std::function<const JobState*(const QModelIndex&)>;
    JobDelegate(JobOf jobOf, QObject* parent)
        : QStyledItemDelegate(parent), jobOf_(std::move(jobOf)) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {400, 28};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const JobState* job = jobOf_(index);
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
        column(40, 300, text(job->info.title), theme::kText);
        column(352, 64, job->stateText(), theme::kSecond);
        const QDateTime at = QDateTime::fromSecsSinceEpoch(static_cast<qint64>(job->info.started));
        column(424, 110, job->info.started > 0 ? at.toString("MM-dd hh:mm:ss") : QString(),
               theme::kHint, theme::FontUse::numberCaption);
        if (job->active() && job->info.total > 0) {
            QRect bar(rect.x() + 548, rect.center().y() - 2, 200, 6);
            painter->fillRect(bar, theme::kGap);
            bar.setWidth(
                static_cast<int>(bar.width() * std::min(1.0, job->info.done / job->info.total)));
            painter->fillRect(bar, theme::kAccent);
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
    JobOf jobOf_;
};

}  // namespace

JobsDrawer::JobsDrawer(JobsModel* jobs, QWidget* parent) : QWidget(parent), jobs_(jobs) {
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
    model_ = new ListModel(jobs_, this);
    list_ = new QListView;
    list_->setObjectName("jobsList");
    list_->setModel(model_);
    list_->setUniformItemSizes(true);
    list_->setItemDelegate(
        new JobDelegate([this](const QModelIndex& index) { return model_->job(index); }, list_));
    panel->body()->addWidget(list_);
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

void JobsDrawer::fillMenu(QMenu* menu, const JobState& job) {
    const QString id = text(job.info.job);
    const auto add = [&](const QString& words, JobAction action) {
        menu->addAction(words, this, [this, id, action] { Q_EMIT actionRequested(id, action); });
    };
    if (job.info.state == "running") {
        add(tr("Pause"), JobAction::pause);
    }
    if (job.mayResume()) {
        add(job.failed() ? tr("Try again") : tr("Resume"), JobAction::resume);
    }
    if (job.active() && job.info.state != "stopping") {
        menu->addAction(tr("Stop"), this, [this, id] { Q_EMIT stopRequested(id); });
    }
    const QString folder =
        text(job.info.run.empty() ? job.info.project : job.info.project + "/runs/" + job.info.run);
    menu->addAction(tr("Open folder"), this,
                    [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); });
}

}  // namespace understudy::ui
