#include "training/engine/loss/adversarial_loss.h"

#include <torch/types.h>

namespace understudy::training {

namespace {
constexpr double kVariation = 1e-6, kBackground = 0.02;
}  // namespace

torch::Tensor asReal(const torch::Tensor& logits) {
    return torch::binary_cross_entropy_with_logits(logits, torch::ones_like(logits));
}

torch::Tensor asMade(const torch::Tensor& logits) {
    return torch::binary_cross_entropy_with_logits(logits, torch::zeros_like(logits));
}

torch::Tensor deceptionLoss(const PatchDiscriminator::Verdict& made) {
    return asReal(made.patches) + asReal(made.pixels);
}

torch::Tensor discriminationLoss(const torch::Tensor& real, const torch::Tensor& made) {
    return 0.5 * (asReal(real) + asMade(made));
}

torch::Tensor discriminationLoss(const PatchDiscriminator::Verdict& real,
                                 const PatchDiscriminator::Verdict& made) {
    return discriminationLoss(real.patches, made.patches) +
           discriminationLoss(real.pixels, made.pixels);
}

torch::Tensor calmBackgroundLoss(const torch::Tensor& image, const torch::Tensor& target,
                                 const torch::Tensor& weight) {
    const auto down = image.slice(2, 1) - image.slice(2, 0, -1);
    const auto across = image.slice(3, 1) - image.slice(3, 0, -1);
    const auto variation = (down.square().sum() + across.square().sum()) / image.size(0);
    const auto outside = (image - target) * (1 - weight);
    return kVariation * variation + kBackground * outside.square().mean();
}

}  // namespace understudy::training
