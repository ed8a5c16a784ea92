// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/swap_list_model.h"

#include <QFileInfo>
#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {

SwapListModel::SwapListModel(SwapsModel* swaps, QObject* parent)
    : QAbstractListModel(parent), swaps_(swaps) {
    refresh();
}

int SwapListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(outs_.size());
}

const SwapRecord* SwapListModel::swap(const QModelIndex& index) const {
    const auto row = static_cast<size_t>(index.row());
    return index.isValid() && row < outs_.size() ? swaps_->find(outs_[row]) : nullptr;
}

const JobState* SwapListModel::job(const QModelIndex& index) const {
    const SwapRecord* record = swap(index);
    return record == nullptr ? nullptr : swaps_->jobOf(*record);
}

QVariant SwapListModel::data(const QModelIndex& index, int role) const {
    const SwapRecord* record = swap(index);
    if (record == nullptr) {
        return {};
    }
    if (role == Qt::ToolTipRole) {
        const JobState* made = swaps_->jobOf(*record);
        return made != nullptr && made->info.error
                   ? record->out + "\n\n" + errorText(*made->info.error)
                   : record->out;
    }
    if (role != Qt::DisplayRole && role != IconRole) {
        return {};
    }
    const SwapsModel::Standing standing = swaps_->standing(*record);
    if (role == IconRole) {
        return SwapsModel::iconName(standing.state);
    }
    QString words = QFileInfo(record->out).fileName() + '\n';
    if (!record->version.isEmpty()) {
        words += tr("%1 of %2   ").arg(record->version, record->clip);
    }
    words += swaps_->stateText(*record, standing);
    return standing.bytes > 0 ? words + tr("   %1").arg(bytesText(standing.bytes)) : words;
}

// Only what came, went or moved to the top is told as that.
void SwapListModel::refresh() {
    std::vector<QString> outs;
    for (const SwapRecord& record : swaps_->swaps()) {
        if (record.listed) {
            outs.push_back(record.out);
        }
    }
    const auto isIn = [](const std::vector<QString>& list, const QString& out) {
        return std::find(list.begin(), list.end(), out) != list.end();
    };
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (!isIn(outs, outs_[static_cast<size_t>(row)])) {
            beginRemoveRows({}, row, row);
            outs_.erase(outs_.begin() + row);
            endRemoveRows();
        }
    }
    for (int row = 0; row < static_cast<int>(outs.size()); ++row) {
        const auto here = outs_.begin() + row;
        const QString& wanted = outs[static_cast<size_t>(row)];
        const auto known = std::find(here, outs_.end(), wanted);
        if (known == outs_.end()) {
            beginInsertRows({}, row, row);
            outs_.insert(here, wanted);
            endInsertRows();
        } else if (known != here) {
            beginMoveRows({}, static_cast<int>(known - outs_.begin()),
                          static_cast<int>(known - outs_.begin()), {}, row);
            std::rotate(here, known, known + 1);
            endMoveRows();
        }
    }
    if (!outs_.empty()) {
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    }
}

}  // namespace understudy::ui
