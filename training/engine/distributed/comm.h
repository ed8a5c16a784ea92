// The ranks of one training job as the engine sees them: sums, copies and a way out. NcclComm joins
// GPUs, ShmComm processes of one machine through memory they share, in the order of ranks.
#pragma once

#include <torch/types.h>

#include <memory>
#include <stdexcept>

#include "media/base/result.h"

namespace understudy::training {

// A rank is gone, or does not come. Thrown, since it surfaces in the middle of backward.
class RanksLost : public std::runtime_error {
  public:
    explicit RanksLost(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
    const Error& error() const { return error_; }

  private:
    Error error_;
};

// All ranks make the same calls with tensors of the same sizes and types, in the same order, one at
// a time. Tensors are contiguous, fp32, fp64 or bf16, on the rank's device. On a GPU a call takes
// its place in the current stream. Throws RanksLost.
class Comm {
  public:
    virtual ~Comm() = default;
    virtual int rank() const = 0;
    virtual int size() const = 0;

    // Each value becomes its mean over the ranks.
    virtual void average(const torch::Tensor& values) = 0;
    // Any type of number; every rank gets what `root` has.
    virtual void broadcast(const torch::Tensor& values, int root) = 0;
    virtual void barrier() = 0;

    // Releases everybody who waits, from any thread; nothing can be done together afterwards.
    virtual void abort() = 0;
};

}  // namespace understudy::training
