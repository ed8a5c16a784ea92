// Exponential moving average of the weights: steadier faces than the weights of any one step.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>

#include "training/engine/model/named_tensor.h"
#include "training/engine/optimizer/flat_parameters.h"

namespace understudy::training {

class Ema {
  public:
    // Starts at the present weights. decay 0: off.
    Ema(std::shared_ptr<FlatParameters> parameters, double decay);

    // After step number `step` (from 1); the decay is min(decay, (1 + step) / (10 + step)), so that
    // the beginning is forgotten.
    void update(int64_t step);
    // Live views under the parameters' names; empty when off.
    NamedTensors state() const;

    // While it lives the network computes with the average: for previews and validation.
    class Scope {
      public:
        explicit Scope(Ema& ema);
        ~Scope();
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

      private:
        Ema& ema_;
    };

  private:
    std::shared_ptr<FlatParameters> parameters_;
    double decay_;
    torch::Tensor average_;
};

}  // namespace understudy::training
