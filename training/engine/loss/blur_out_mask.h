// Training on pictures whose surroundings are smooth: what lies outside the mask is no longer worth
// drawing, and nothing sharp stands at the edge of the face.
#pragma once

#include <torch/types.h>

#include "training/engine/loss/batch.h"

namespace understudy::training {

// [B,3,R,R] and [B,1,R,R]: T M + (1 - M) G(T (1 - M)) / G(1 - M), so that nothing of the face
// bleeds into its surroundings; G a Gaussian of sigma R/128, at least 1.
torch::Tensor blurredOutMask(const torch::Tensor& target, const torch::Tensor& mask);

// The targets of both sides.
void blurOutMask(PairBatch& batch);

}  // namespace understudy::training
