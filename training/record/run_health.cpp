#include "training/record/run_health.h"

#include <algorithm>
#include <cmath>

namespace understudy::training {
namespace {

constexpr size_t kLeastLines = 8;
constexpr double kInputBound = 0.25;    // of the time spent waiting for faces
constexpr double kFall = 1, kRise = 5;  // percent

// Over the lines with `from` < step <= `to`; NaN where there is none.
double meanLoss(std::span<const HistoryLine> history, int64_t from, int64_t to) {
    double sum = 0;
    int count = 0;
    for (const HistoryLine& line : history) {
        if (line.step > from && line.step <= to && std::isfinite(line.loss)) {
            sum += line.loss;
            ++count;
        }
    }
    return sum / count;
}

}  // namespace

std::string healthOf(std::span<const HistoryLine> history) {
    if (history.size() < kLeastLines) {
        return "";
    }
    const HistoryLine& last = history.back();
    if (!std::isfinite(last.loss)) {
        return "The loss is no longer a number; the trainer goes back to its last checkpoint";
    }
    const auto recent = history.last(std::min(kLeastLines, history.size()));
    double wait = 0;
    for (const HistoryLine& line : recent) {
        wait += line.dataWait / static_cast<double>(recent.size());
    }
    if (wait > kInputBound) {
        return "Input-bound: training waits " + std::to_string(std::lround(wait * 100)) +
               " % of the time for faces";
    }
    const int64_t quarter = (last.step - history.front().step) / 4;
    const double now = meanLoss(history, last.step - quarter, last.step);
    const double before = meanLoss(history, last.step - 2 * quarter, last.step - quarter);
    if (!std::isfinite(now) || !(before > 0)) {
        return "";
    }
    const double fall = (before - now) / before * 100;
    const std::string span = " over the last " + std::to_string(quarter) + " steps";
    if (fall > kFall) {
        return "Learning: loss fell " + std::to_string(std::lround(fall)) + " %" + span;
    }
    if (fall < -kRise) {
        return "Loss rose " + std::to_string(std::lround(-fall)) + " %" + span;
    }
    return "Flat" + span;
}

}  // namespace understudy::training
