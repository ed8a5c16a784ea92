// Splits independent pieces of work over threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace understudy {

// `wanted` threads, or as many as the machine has for 0.
inline int threadsFor(int wanted) {
    constexpr int kMost = 64;
    const int all = static_cast<int>(std::thread::hardware_concurrency());
    return wanted > 0 ? wanted : std::clamp(all, 1, kMost);
}

// Calls work(i) for every i below `count` from up to `threads` threads; returns when all are done.
// Threads live as long as the call, which is cheap beside a frame's work.
template <class Work>
void parallelFor(size_t count, int threads, const Work& work) {
    std::atomic<size_t> next{0};
    const auto loop = [&] {
        for (size_t i = next++; i < count; i = next++) {
            work(i);
        }
    };
    std::vector<std::jthread> others;
    const size_t helpers = std::min<size_t>(count, static_cast<size_t>(std::max(threads, 1)));
    for (size_t i = 1; i < helpers; ++i) {
        others.emplace_back(loop);
    }
    loop();
}

}  // namespace understudy
