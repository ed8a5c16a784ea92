// Loops on all threads that torch computes with. Its own parallel_for runs on one thread in code
// that is not compiled for OpenMP, and ours shares a precompiled header that is not.
#pragma once

#include <cstdint>
#include <functional>

namespace understudy::training {

// work(0) to work(count - 1), in any order; returns when all are done. `work` must not throw.
void parallelFor(int64_t count, const std::function<void(int64_t)>& work);

}  // namespace understudy::training
