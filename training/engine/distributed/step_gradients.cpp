#include "training/engine/distributed/step_gradients.h"

#include <torch/types.h>

namespace understudy::training {

StepGradients::StepGradients(std::shared_ptr<FlatParameters> parameters, std::shared_ptr<Comm> comm,
                             torch::ScalarType wire)
    : parameters_(std::move(parameters)), comm_(std::move(comm)), wire_(wire) {
    if (comm_) {
        reducer_ = std::make_unique<GradReducer>(parameters_, comm_,
                                                 ReducerOptions{.wire = wire_, .addsUp = addsUp_});
    }
}

StepGradients::~StepGradients() {
    if (!comm_ && addsUp_) {
        parameters_->collectGradients({}, {});
    }
}

void StepGradients::useParts(int count) {
    if (addsUp_ == (count > 1)) {
        return;
    }
    addsUp_ = count > 1;
    if (comm_) {
        reducer_.reset();  // first: it ends the collecting
        reducer_ = std::make_unique<GradReducer>(parameters_, comm_,
                                                 ReducerOptions{.wire = wire_, .addsUp = addsUp_});
    } else if (addsUp_) {
        parameters_->collectGradients(parameters_->makeBuffer(), [](size_t) {});
    } else {
        parameters_->collectGradients({}, {});
    }
}

void StepGradients::begin(const BatchPart& part, const std::vector<bool>& absent, bool bitByBit) {
    if (part.first()) {
        parameters_->zeroGradients();
    }
    if (reducer_ && part.last()) {
        reducer_->arm(absent);
    }
    if (bitByBit) {
        parameters_->holdGradients();
    }
}

void StepGradients::finish(const BatchPart& part) {
    parameters_->takeHeldGradients();
    if (reducer_ && part.last()) {
        reducer_->finish();
    }
}

}  // namespace understudy::training
