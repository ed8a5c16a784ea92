// Where the gradients of one update of a network come together: of one backward pass or of several,
// when the batch is computed in parts, of one rank or of all.
#pragma once

#include <torch/types.h>

#include <memory>
#include <vector>

#include "training/engine/distributed/comm.h"
#include "training/engine/distributed/grad_reducer.h"
#include "training/engine/optimizer/flat_parameters.h"

namespace understudy::training {

// One of the equal parts that a rank computes its share of a step's batch in, one after the other.
struct BatchPart {
    int number = 0;
    int count = 1;

    bool first() const { return number == 0; }
    bool last() const { return number + 1 == count; }
};

class StepGradients {
  public:
    // `comm`: null for a single rank. `wire`: as ReducerOptions has it.
    StepGradients(std::shared_ptr<FlatParameters> parameters, std::shared_ptr<Comm> comm,
                  torch::ScalarType wire = torch::kFloat);
    ~StepGradients();
    StepGradients(const StepGradients&) = delete;
    StepGradients& operator=(const StepGradients&) = delete;

    // How many parts the steps from here on have; between two steps.
    void useParts(int count);
    // Before the backward pass of each part. `absent` is GradReducer's. `bitByBit`: the pass hands
    // gradients over as FlatParameters::holdGradients() has it.
    void begin(const BatchPart& part, const std::vector<bool>& absent = {}, bool bitByBit = false);
    // After it. After that of the last part the parameters' gradients are the sum over the parts
    // and the mean over the ranks. Throws RanksLost.
    void finish(const BatchPart& part);
    // GradReducer's, 0 for a single rank.
    double exposedSeconds() const { return reducer_ ? reducer_->exposedSeconds() : 0; }

  private:
    std::shared_ptr<FlatParameters> parameters_;
    std::shared_ptr<Comm> comm_;
    torch::ScalarType wire_;
    bool addsUp_ = false;
    std::unique_ptr<GradReducer> reducer_;  // of several ranks
};

}  // namespace understudy::training
