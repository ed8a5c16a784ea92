// Makes the batch of the next step while the device computes the present one, in a thread and on a
// stream of its own, so that a step waits neither for faces from the host nor for the launches of
// the augmentation. A batch depends on its key alone, so it is the same whether it was prepared or
// not. Nothing may be captured into a graph of the device while a batch is being prepared.
#pragma once

#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <torch/types.h>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "training/engine/loss/batch.h"

namespace understudy::training {

// Which batch: samples `first` to `first` + `count` of the global batch of `step`.
struct BatchKey {
    int64_t step = 0;
    int64_t first = 0;
    int64_t count = 0;
    double warpStrength = 1;
};

class PreparedBatches {
  public:
    // `make` is called from two threads, never at the same time for the same key.
    using Make = std::function<PairBatch(const BatchKey&)>;
    PreparedBatches(torch::Device device, Make make);
    ~PreparedBatches();
    PreparedBatches(const PreparedBatches&) = delete;
    PreparedBatches& operator=(const PreparedBatches&) = delete;

    // Begins to make a batch, instead of one that was prepared and not taken.
    void prepare(const BatchKey& key);
    // The batch, prepared or made now (a run that is measured in minutes cannot say the strength of
    // its next warp exactly: a thousandth beside it is taken for the same); in order with what the
    // calling thread's present stream does next. What went wrong while it was prepared is thrown
    // here.
    PairBatch take(const BatchKey& key);
    // Drops what is prepared, once `make` has returned: what it uses may then be replaced.
    void forget();

    int64_t takenPrepared() const { return takenPrepared_; }

  private:
    void work();
    PairBatch makeOne(const BatchKey& key);
    void waitUntilIdle(std::unique_lock<std::mutex>& lock);

    torch::Device device_;
    Make make_;
    std::optional<c10::Stream> stream_;  // on a GPU
    std::optional<c10::Event> made_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<BatchKey> wanted_;  // being made, or about to be
    std::optional<BatchKey> key_;     // of the batch that is ready
    PairBatch batch_;
    std::exception_ptr failure_;
    bool ending_ = false;
    int64_t takenPrepared_ = 0;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace understudy::training
