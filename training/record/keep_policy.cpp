#include "training/record/keep_policy.h"

#include <algorithm>
#include <cmath>

namespace understudy::training {

KeepPolicy keepPolicyOf(const Plan& plan) {
    return {std::max(1, plan.keepCheckpoints), plan.keepEvery, plan.keepBest};
}

std::optional<int64_t> bestOf(std::span<const SavedState> saved) {
    const SavedState* best = nullptr;
    for (const SavedState& state : saved) {
        if (!state.validation || !std::isfinite(*state.validation)) {
            continue;
        }
        const bool better = best == nullptr || *state.validation < *best->validation ||
                            (*state.validation == *best->validation && state.step < best->step);
        best = better ? &state : best;
    }
    return best != nullptr ? std::optional(best->step) : std::nullopt;
}

std::vector<int64_t> stepsToPrune(std::span<const SavedState> saved, int64_t newest,
                                  const KeepPolicy& policy) {
    std::vector<SavedState> own;  // of the course that led to `newest`
    std::vector<int64_t> pruned;
    for (const SavedState& state : saved) {
        if (state.step <= newest) {
            own.push_back(state);
        } else {
            pruned.push_back(state.step);
        }
    }
    std::sort(own.begin(), own.end(),
              [](const SavedState& a, const SavedState& b) { return a.step > b.step; });
    const std::optional<int64_t> best = policy.best ? bestOf(own) : std::nullopt;
    for (size_t i = 0; i < own.size(); ++i) {
        const int64_t step = own[i].step;
        const bool recent = i < static_cast<size_t>(std::max(1, policy.newest));
        const bool regular = policy.every > 0 && step % policy.every == 0;
        if (!recent && !regular && step != best && step != newest) {
            pruned.push_back(step);
        }
    }
    std::sort(pruned.begin(), pruned.end());
    return pruned;
}

}  // namespace understudy::training
