// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/compared_runs.h"

#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {

ComparedRuns::ComparedRuns(const RunModel* looked, QObject* parent)
    : QObject(parent), looked_(looked) {
    for (RunModel& slot : slots_) {
        connect(&slot, &RunModel::historyChanged, this, &ComparedRuns::historyChanged);
        connect(&slot, &RunModel::smoothed, this, &ComparedRuns::smoothed);
    }
    connect(looked_, &RunModel::runChanged, this, &ComparedRuns::fillSlots);
}

void ComparedRuns::setRuns(const QStringList& names, const std::filesystem::path& folder) {
    runs_ = names;
    folder_ = folder;
    choose(chosen_);
}

void ComparedRuns::choose(const QStringList& names) {
    chosen_ = names;
    chosen_.removeDuplicates();
    chosen_.removeIf([this](const QString& name) { return !runs_.contains(name); });
    chosen_ = chosen_.mid(0, static_cast<qsizetype>(kMost));
    fillSlots();
    Q_EMIT changed();
}

void ComparedRuns::fillSlots() {
    QStringList wanted = chosen_;
    wanted.removeAll(looked_->name());
    for (RunModel& slot : slots_) {
        if (!wanted.contains(slot.name())) {
            slot.setRun({}, {});
        } else {
            const QString name = slot.name();  // of this project
            slot.setRun(name, folder_ / utf8(name));
            wanted.removeAll(name);
        }
    }
    for (const QString& name : wanted) {
        const auto free = std::find_if(slots_.begin(), slots_.end(),
                                       [](const RunModel& slot) { return !slot.hasRun(); });
        free->setRun(name, folder_ / utf8(name));
    }
}

int ComparedRuns::count() const {
    return static_cast<int>(std::count_if(slots_.begin(), slots_.end(),
                                          [](const RunModel& slot) { return slot.hasRun(); }));
}

void ComparedRuns::setSmoothing(double weight) {
    for (RunModel& slot : slots_) {
        slot.setSmoothing(weight);
    }
}

}  // namespace understudy::ui
