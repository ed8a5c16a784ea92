// Whether a training gets anywhere, in one sentence, from its history.
#pragma once

#include <span>
#include <string>

#include "training/plan/run_folder.h"

namespace understudy::training {

// Empty for fewer than eight lines. Compares the mean loss of the last quarter of the steps with
// that of the quarter before.
std::string healthOf(std::span<const HistoryLine> history);

}  // namespace understudy::training
