// Sums and copies over the processes ("ranks") of one machine, through memory that they share.
// Ranks are added in their order, whichever comes first, so that the result is the same to the bit
// in every run and on every rank. Who waits for a rank that is gone is told so.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "media/base/file.h"
#include "media/base/result.h"

namespace understudy::training {

// The upper half of an IEEE float: as a network that computes in bf16 leaves its gradients.
enum class Bfloat16 : uint16_t {};

// One call at a time in each rank; all ranks must make the same calls with the same sizes.
class SharedRanks {
  public:
    static constexpr int kMost = 64;

    // Memory for `size` ranks, without a name: who is to join inherits the descriptor.
    // Errors: cannotWrite where memory cannot be had.
    static Result<FileHandle> makeMemory(int size);

    // `rank`: 0 to size - 1. Keeps no hold of the descriptor. Errors: usage for memory of another
    // size or that was made on another machine.
    static Result<SharedRanks> join(int descriptor, int rank, int size);

    // The same memory for a rank that is a thread of this process.
    SharedRanks forThread(int rank) const;

    int rank() const { return rank_; }
    int size() const { return size_; }

    // Errors of all: transient, when a rank is gone, has called abort() or does not come in time.
    // Then nothing more can be done together, and the values are of no use.
    // Each value becomes `factor` times the sum over the ranks; bf16 is added in fp32.
    Status sum(std::span<float> values, float factor = 1);
    Status sum(std::span<double> values, double factor = 1);
    Status sum(std::span<Bfloat16> values, float factor = 1);
    // What `root` has there.
    Status broadcast(std::span<std::byte> bytes, int root);
    Status barrier();

    // Releases everybody who waits, now and later. Any thread.
    void abort();

    // Seconds that a rank may be late, at least 1. Ranks load faces and write checkpoints, so this
    // is for what hangs.
    void setPatience(double seconds) { patience_ = seconds; }

  private:
    struct Memory;
    SharedRanks(std::shared_ptr<Memory> memory, int rank, int size);

    template <class Value>
    Status sumOf(std::span<Value> values, double factor);
    std::byte* slot(int side, int rank) const;
    Status meet();
    Status lateOrGone(double waited) const;

    std::shared_ptr<Memory> memory_;
    int rank_ = 0;
    int size_ = 1;
    int side_ = 0;  // which half of the memory is next
    double patience_ = 600;
};

}  // namespace understudy::training
