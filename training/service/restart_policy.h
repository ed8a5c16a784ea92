// What becomes of a job whose process has ended. A pure function, so that every case is tested.
#pragma once

#include <string>

#include "training/protocol/job_state.h"

namespace understudy::training {

// What is wanted of a job; kept in the queue, so that it holds when the service dies meanwhile.
enum class Wish {
    run,
    pause,  // save and keep the place in the list
    stop,   // save and be over
    hold,   // the service ends: save, and go on when it runs again
};
std::string nameOf(Wish wish);
Wish wishOf(const std::string& name);

constexpr int kRetryLimit = 3;  // without progress

struct Verdict {
    std::string state;        // finished, failed, cancelled, paused, queued
    bool retry = false;       // queued again because it failed: counts
    double delaySeconds = 0;  // before it may start again
};

// `retries`: failed starts since there was progress.
Verdict afterEnd(JobEnd end, Wish wish, int retries, double retrySeconds);

}  // namespace understudy::training
