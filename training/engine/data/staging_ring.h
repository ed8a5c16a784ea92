// Brings faces that do not fit on the device there: gathers them from host memory (or the file that
// the kernel pages) into one of a few page-locked buffers and copies that without waiting, still 8
// bits a sample. While the copy runs, the next batch is gathered into the next buffer; a buffer is
// used again when its copy is done.
#pragma once

#include <c10/core/Event.h>
#include <torch/types.h>

#include <array>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace understudy::training {

class StagingRing {
  public:
    // On the CPU the buffers are ordinary memory, and the copies are plain ones.
    explicit StagingRing(torch::Device device, size_t buffers = 3);
    ~StagingRing();
    StagingRing(const StagingRing&) = delete;
    StagingRing& operator=(const StagingRing&) = delete;

    // `sides`: the faces of both sides on the host, [N,C,W,W] of one type; `indices`: [2B] int64 on
    // the host, B faces of the first side, then B of the second. Returns them as [2B,C,W,W] on the
    // device, in order with what the calling thread's present stream does next. May be called from
    // several threads; waits only while every buffer is still being copied.
    torch::Tensor bring(const std::array<torch::Tensor, 2>& sides, const torch::Tensor& indices);

    uint64_t bytes() const;  // of the buffers so far

  private:
    struct Buffer {
        torch::Tensor bytes;               // [n], as long as the longest batch so far
        std::optional<c10::Event> copied;  // on a GPU: behind its last copy
    };
    torch::Tensor room(Buffer& buffer, int64_t bytes) const;

    torch::Device device_;
    mutable std::mutex mutex_;
    std::vector<Buffer> buffers_;
    size_t next_ = 0;
};

}  // namespace understudy::training
