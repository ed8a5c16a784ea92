// Included by tests of the engine: several run at once, and two threads each would wait for one
// another more than they compute.
#pragma once

#include <torch/types.h>
#include <torch/utils.h>

namespace understudy::tests {

inline const bool kSingleThread = (torch::set_num_threads(1), true);

}  // namespace understudy::tests
