// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/job_list_model.h"

#include <algorithm>
#include <utility>

#include "ui/models/formatting.h"
#include "ui/models/queue_view.h"

namespace understudy::ui {

JobListModel::JobListModel(JobsModel* jobs, QObject* parent)
    : QAbstractListModel(parent), jobs_(jobs) {
    connect(jobs_, &JobsModel::changed, this, &JobListModel::refresh);
    refresh();
}

void JobListModel::setEveryones(bool on) {
    if (on != everyones_) {
        everyones_ = on;
        refresh();
    }
}

std::vector<JobState> JobListModel::jobs() const {
    return everyones_ ? jobs_->everyones() : jobs_->jobs();
}

int JobListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(order_.size());
}

const JobState* JobListModel::job(const QModelIndex& index) const {
    const auto row = static_cast<size_t>(index.row());
    if (!index.isValid() || row >= order_.size()) {
        return nullptr;
    }
    if (const JobState* own = jobs_->find(order_[row])) {
        return own;
    }
    const auto other = std::find_if(all_.begin(), all_.end(), [&](const JobState& each) {
        return each.info.job == order_[row];
    });
    return other == all_.end() ? nullptr : &*other;
}

QModelIndex JobListModel::indexOf(const std::string& id) const {
    const auto found = std::find(order_.begin(), order_.end(), id);
    return found == order_.end() ? QModelIndex() : index(static_cast<int>(found - order_.begin()));
}

QVariant JobListModel::data(const QModelIndex& index, int role) const {
    const JobState* state = job(index);
    if (state == nullptr) {
        return {};
    }
    const QString title = text(state->info.title);
    const bool others = jobs_->isOthers(*state);
    if (role == Qt::DisplayRole) {
        return others ? tr("%1, of %2").arg(title, state->projectName()) : title;
    }
    if (role == Qt::ToolTipRole) {
        QStringList lines = {state->info.error ? errorText(*state->info.error) : title};
        lines << QStringList(state->warnings.begin(), state->warnings.end());
        if (others) {
            lines << tr("Of another project: %1").arg(text(state->info.project));
        }
        return lines.join('\n');
    }
    return {};
}

void JobListModel::refresh() {
    all_ = jobs_->everyones();
    std::vector<std::string> order;
    ofOthers_ = 0;
    for (const size_t index : inQueueOrder(all_)) {
        const bool others = jobs_->isOthers(all_[index]);
        ofOthers_ += others ? 1 : 0;
        if (!others || everyones_) {
            order.push_back(all_[index].info.job);
        }
    }
    if (order.size() != order_.size()) {
        beginResetModel();
        order_ = std::move(order);
        endResetModel();
    } else if (order != order_) {
        Q_EMIT layoutAboutToBeChanged();
        const QModelIndexList before = persistentIndexList();
        const std::vector<std::string> old = std::exchange(order_, std::move(order));
        QModelIndexList after;
        for (const QModelIndex& index : before) {
            after << indexOf(old[static_cast<size_t>(index.row())]);
        }
        changePersistentIndexList(before, after);
        Q_EMIT layoutChanged();
    }
    if (!order_.empty()) {
        Q_EMIT dataChanged(index(0), index(static_cast<int>(order_.size()) - 1));
    }
}

}  // namespace understudy::ui
