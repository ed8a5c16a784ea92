// How long a loss will take to a target: the loss of a training falls about as a power of the time,
// so a line is fitted to the logarithms of the tail of its history.
#pragma once

#include <optional>
#include <span>

#include "training/plan/run_folder.h"

namespace understudy::training {

struct TimeToLoss {
    double seconds = 0;        // of stepping from the last line on; 0: it is there
    double low = 0, high = 0;  // one standard error of the slope either way
};

// Nothing when the loss does not fall (by more than the scatter of its lines), when there are fewer
// than eight lines, or when it would take longer than thirty years.
std::optional<TimeToLoss> timeToLoss(std::span<const HistoryLine> history, double target);

}  // namespace understudy::training
