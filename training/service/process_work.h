// What a process has done so far, as /proc tells it: whether it computes, reads or writes where it
// says nothing.
#pragma once

#include <cstdint>

namespace understudy::training {

struct ProcessWork {
    double cpuSeconds = 0;
    uint64_t bytes = 0;   // read and written
    uint64_t faults = 0;  // pages that had to be read
};

// Zeros for a process that is gone.
ProcessWork workOf(int64_t pid);

// Whether it did something worth the name in `seconds`; threads that only look at the clock do not.
bool hasWorked(const ProcessWork& before, const ProcessWork& after, double seconds);

}  // namespace understudy::training
