// Ends a process before the n-th change that it makes to the disk: this program brings its own
// rename, unlink, write and so on, which libraries call too.
#pragma once

#include <functional>

namespace understudy::tests {

constexpr int kKilled = 42;

// Runs `work` in a child process that ends before its n-th change (from 1). Returns whether it came
// that far; false: `work` made fewer changes and ended by itself.
bool killedBefore(int n, const std::function<void()>& work);

}  // namespace understudy::tests
