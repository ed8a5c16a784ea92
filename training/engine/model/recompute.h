// Layers that keep nothing for backward but their input: what they gave each other is computed
// again when backward comes to them, so that at any time the results of one such stage lie in
// memory and not those of all (Chen et al., "Training deep nets with sublinear memory cost", 2016).
#pragma once

#include <torch/types.h>

#include <functional>

namespace understudy::training {

// A pure function of its input and of weights, which must outlive backward.
using Stage = std::function<torch::Tensor(const torch::Tensor&)>;

// stage(input), with gradients that are equal to those of a plain call to the bit. A backward pass
// hands the gradients of the stage's weights over as it computes them: those of a weight that is
// used by several stages come one after the other. Where no gradients are wanted it is a plain
// call.
torch::Tensor recomputed(const torch::Tensor& input, Stage stage);

}  // namespace understudy::training
