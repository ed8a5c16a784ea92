// What a discriminator's logits are worth, to it and to the network it judges. Binary
// cross-entropies, as means over all logits (Goodfellow et al., "Generative adversarial nets",
// 2014, with the generator's loss that does not saturate).
#pragma once

#include <torch/types.h>

#include "training/engine/model/discriminators.h"

namespace understudy::training {

// -log sigmoid(x), and -log(1 - sigmoid(x)).
torch::Tensor asReal(const torch::Tensor& logits);
torch::Tensor asMade(const torch::Tensor& logits);

// To the network: BCE(1, .) of both heads.
torch::Tensor deceptionLoss(const PatchDiscriminator::Verdict& made);
// To the discriminator: half of BCE(1, real) + BCE(0, made), of both heads.
torch::Tensor discriminationLoss(const PatchDiscriminator::Verdict& real,
                                 const PatchDiscriminator::Verdict& made);
torch::Tensor discriminationLoss(const torch::Tensor& real, const torch::Tensor& made);

// Where training is masked, nothing but the discriminator would act on the surroundings, and bright
// dots would grow there: 1e-6 of the total variation (sum of squared differences of neighbours,
// mean over the batch) and 0.02 MSE outside the face. [B,3,R,R]; `weight` [B,1,R,R] is
// FaceWeight's.
torch::Tensor calmBackgroundLoss(const torch::Tensor& image, const torch::Tensor& target,
                                 const torch::Tensor& weight);

}  // namespace understudy::training
