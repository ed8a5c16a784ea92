// How learning rate and augmentation follow the progress of a run: pure functions, so that a
// resumed run is where it was.
#pragma once

#include <cstdint>

#include "training/plan/plan.h"

namespace understudy::training {

// How long a run is meant to be: in steps, or in seconds of stepping when `seconds` > 0.
struct RunLength {
    int64_t steps = 0;
    double seconds = 0;
};

// 0 at the beginning, 1 at the planned end.
double progressOf(const RunLength& length, int64_t stepsDone, double secondsDone);

// For the step after `stepsDone`: linear warm-up over warmupSteps, times the schedule (cosine: to a
// tenth at progress 1; step: scheduleFactor for every scheduleEvery steps done).
double learningRateAt(const Plan& plan, int64_t stepsDone, double progress);

// The elastic warp fades to nothing from warpFadeFrom on, so that the last faces train sharp.
double warpStrengthAt(const Plan& plan, double progress);

}  // namespace understudy::training
