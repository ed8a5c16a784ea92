#include "training/engine/trainer/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace understudy::training {

double progressOf(const RunLength& length, int64_t stepsDone, double secondsDone) {
    if (length.seconds > 0) {
        return std::clamp(secondsDone / length.seconds, 0.0, 1.0);
    }
    if (length.steps <= 0) {
        return 1;
    }
    return std::clamp(static_cast<double>(stepsDone) / static_cast<double>(length.steps), 0.0, 1.0);
}

double learningRateAt(const Plan& plan, int64_t stepsDone, double progress) {
    double rate = plan.learningRate;
    if (plan.warmupSteps > 0) {
        rate *= std::min(1.0, static_cast<double>(stepsDone + 1) / plan.warmupSteps);
    }
    if (plan.schedule == "cosine") {
        rate *= 0.1 + 0.45 * (1 + std::cos(std::numbers::pi * progress));
    } else if (plan.schedule == "step") {
        rate *= std::pow(plan.scheduleFactor, static_cast<double>(stepsDone / plan.scheduleEvery));
    }
    return rate;
}

double warpStrengthAt(const Plan& plan, double progress) {
    const double from = plan.augment.warpFadeFrom;
    if (progress <= from || from >= 1) {
        return plan.augment.warp;
    }
    return plan.augment.warp * (1 - progress) / (1 - from);
}

}  // namespace understudy::training
