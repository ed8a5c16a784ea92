#include "training/engine/optimizer/ema.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>

namespace understudy::training {

Ema::Ema(std::shared_ptr<FlatParameters> parameters, double decay)
    : parameters_(std::move(parameters)), decay_(decay) {
    if (decay_ > 0) {
        average_ = parameters_->values().clone();
    }
}

void Ema::update(int64_t step) {
    if (!average_.defined()) {
        return;
    }
    const torch::NoGradGuard noGrad;
    const double t = static_cast<double>(step);
    const double decay = std::min(decay_, (1 + t) / (10 + t));
    average_.lerp_(parameters_->values(), 1 - decay);
}

NamedTensors Ema::state() const {
    return average_.defined() ? parameters_->views(average_) : NamedTensors{};
}

Ema::Scope::Scope(Ema& ema) : ema_(ema) {
    if (ema_.average_.defined()) {
        ema_.parameters_->use(ema_.average_);
    }
}

Ema::Scope::~Scope() {
    if (ema_.average_.defined()) {
        ema_.parameters_->use(ema_.parameters_->values());
    }
}

}  // namespace understudy::training
