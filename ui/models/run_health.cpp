// SPDX-License-Identifier: GPL-3.0-or-later
// How a training does, in one sentence of time: what RunModel says of what it has read.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/models/formatting.h"
#include "ui/models/run_model.h"

namespace understudy::ui {
namespace {

constexpr size_t kLeastLines = 8;
constexpr double kInputBound = 0.25;    // of the time spent waiting for faces
constexpr double kFall = 1, kRise = 5;  // percent
constexpr int kParts = 64;              // of the run's time, to see since when it is flat

}  // namespace

// The mean of the last minutes: a single line may have met a slow disk.
double RunModel::recentWait() const {
    const double sum =
        std::accumulate(times_.begin(), times_.end(), 0.0,
                        [](double so, const StepTime& time) { return so + time.wait; });
    return times_.empty() ? 0 : sum / static_cast<double>(times_.size());
}

QString RunModel::health(bool over) const {
    if (over && last_) {
        return finishedText();
    }
    if (const QString diverged = divergedText(); !diverged.isEmpty()) {
        return diverged;
    }
    if (clock_.size() < kLeastLines) {
        return {};
    }
    if (!std::isfinite(clock_.lastLoss())) {
        return tr("The loss is no longer a number. The trainer goes back to its last checkpoint.");
    }
    if (const double wait = recentWait(); wait > kInputBound) {
        return tr("Input-bound: training waits %1 % of the time for faces.")
            .arg(std::lround(wait * 100));
    }
    return trendText();
}

QString RunModel::finishedText() const {
    const QString words =
        tr("Finished: %1 steps in %2.").arg(countText(last_->step), durationText(last_->time));
    const auto validation = series_.find("validation");
    const auto best = validation == series_.end() ? std::nullopt : validation->second.leastStep();
    return best ? tr("%1 Best validation at step %2.").arg(words, countText(std::llround(*best)))
                : words;
}

// Told until the run is as far beyond the place as it had gone back.
QString RunModel::divergedText() const {
    if (rollbacks_.empty()) {
        return {};
    }
    const training::Rollback& latest = rollbacks_.back();
    const int64_t step = last_ ? last_->step : 0;
    if (step >= latest.step + (latest.step - latest.to)) {
        return {};
    }
    return latest.to > 0 ? tr("Diverged at step %1: went back to %2 with half the learning rate.")
                               .arg(countText(latest.step), countText(latest.to))
                         : tr("Diverged at step %1: began anew with half the learning rate.")
                               .arg(countText(latest.step));
}

// The last quarter of the time against the quarter before.
QString RunModel::trendText() const {
    const double end = clock_.seconds();
    const double quarter = end / 4;
    const double now = clock_.mean(end - quarter, end);
    const double before = clock_.mean(end - 2 * quarter, end - quarter);
    if (!std::isfinite(now) || !(before > 0)) {
        return {};
    }
    const double fall = (before - now) / before * 100;
    if (fall > kFall) {
        return tr("Learning: loss fell %1 % in the last %2.")
            .arg(std::lround(fall))
            .arg(durationText(quarter));
    }
    if (fall < -kRise) {
        return tr("Loss rose %1 % in the last %2. Watch the previews.")
            .arg(std::lround(-fall))
            .arg(durationText(quarter));
    }
    // As far back as no part was clearly above what it is now.
    double since = end - 2 * quarter;
    const double part = end / kParts;
    while (since > part && !(clock_.mean(since - part, since) > now * (1 + 2 * kFall / 100))) {
        since -= part;
    }
    since = since > part ? since : 0;
    return tr("Flat for %1. Look at the previews; more steps may not help.")
        .arg(durationText(end - since));
}

}  // namespace understudy::ui
