// Which checkpoints of a run stay on disk: the newest few, every so many steps, and the best. The
// newest of all stays whatever the policy.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "training/plan/plan.h"

namespace understudy::training {

struct KeepPolicy {
    int newest = 3;     // at least 1
    int64_t every = 0;  // multiples of this many steps; 0: none of them
    bool best = true;   // the lowest validation
};
KeepPolicy keepPolicyOf(const Plan& plan);

struct SavedState {
    int64_t step = 0;
    std::optional<double> validation;  // of the weights of that very step
};

// The step of the lowest validation, the earlier of equal ones.
std::optional<int64_t> bestOf(std::span<const SavedState> saved);

// The steps to remove, ascending, once `newest` is safe. What is later than `newest` belongs to a
// course that the run did not take, and goes.
std::vector<int64_t> stepsToPrune(std::span<const SavedState> saved, int64_t newest,
                                  const KeepPolicy& policy);

}  // namespace understudy::training
