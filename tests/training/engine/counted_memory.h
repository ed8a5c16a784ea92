// Counts what tensors on the CPU take while it lives, on this thread: the same in every run, which
// the size of a process is not.
#pragma once

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/types.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace understudy::tests {

class CountedMemory {
  public:
    CountedMemory() : count_(std::make_shared<Count>()), guard_(kKind, count_) {}

    // Of all bytes that were taken since and not given back again.
    int64_t peak() const { return count_->peak; }
    // From here on.
    void restart() { count_->peak = count_->now; }

  private:
    static constexpr auto kKind = c10::DebugInfoKind::PROFILER_STATE;

    struct Count : c10::MemoryReportingInfoBase {
        int64_t now = 0, peak = 0;

        void reportMemoryUsage(void*, int64_t size, size_t, size_t, c10::Device) override {
            now += size;
            peak = std::max(peak, now);
        }
        bool memoryProfilingEnabled() const override { return true; }
    };

    std::shared_ptr<Count> count_;
    c10::DebugInfoGuard guard_;
};

}  // namespace understudy::tests
