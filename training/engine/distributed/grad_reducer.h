// Makes the gradients of all ranks one while backward still computes: as soon as the parameters of
// a bucket are done, and those of all buckets before it are on their way, it is averaged over the
// ranks by a thread of its own (on a GPU: in a stream of its own). Buckets are fixed stretches of
// the flat buffer from the first step on, so that a resumed run adds up in the same order.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "training/engine/distributed/comm.h"
#include "training/engine/optimizer/flat_parameters.h"

namespace understudy::training {

struct ReducerOptions {
    // The first bucket is small, so that the first sum begins early.
    int64_t firstBucketBytes = 4 << 20;
    int64_t bucketBytes = 25 << 20;
    // What is sent: fp32, or bf16 for half the bytes where the wires are slow.
    torch::ScalarType wire = torch::kFloat;
    // Several backward passes are added up for a step: in fp32, whatever is sent.
    bool addsUp = false;
};

class GradReducer {
  public:
    // From here on backward leaves gradients in a buffer of the reducer's.
    GradReducer(std::shared_ptr<FlatParameters> parameters, std::shared_ptr<Comm> comm,
                const ReducerOptions& options = {});
    ~GradReducer();
    GradReducer(const GradReducer&) = delete;
    GradReducer& operator=(const GradReducer&) = delete;

    // Before the last backward pass of a step; what those before it left is sent along. `absent`:
    // parts (in order of FlatParameters::pieces()) that will have no gradient in this step, the
    // same on all ranks: nothing waits for them, and buckets of nothing else are not sent. Empty:
    // there are none.
    void arm(const std::vector<bool>& absent = {});
    // After it: sends what is left and waits, on a GPU the current stream does. parameters'
    // gradientPieces() are then those of all ranks: all ranks must have had gradients for the same
    // parameters, and those that had none keep none. Throws RanksLost.
    void finish();

    // Seconds that finish() waited in the last step: what backward did not hide of the sums, and of
    // ranks that are slower. On a GPU this waits for the sums.
    double exposedSeconds() const;

    size_t buckets() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace understudy::training
