#include "training/engine/loss/style_loss.h"

#include <torch/types.h>

#include "training/engine/loss/dssim.h"

namespace understudy::training {

namespace {

constexpr double kFaceScale = 10000, kBackgroundScale = 10;
constexpr double kLeastVariance = 1e-5;  // keeps the slope of the deviation finite

// [B,C] each.
struct Moments {
    torch::Tensor mean, deviation;
};

Moments momentsOf(const torch::Tensor& images) {
    const auto mean = images.mean({2, 3}, true);
    const auto variance = (images - mean).square().mean({2, 3});
    return {mean.flatten(1), (variance + kLeastVariance).sqrt()};
}

}  // namespace

StyleLoss::StyleLoss(const LossWeights& weights, int resolution, torch::Device device,
                     torch::ScalarType type)
    : face_(weights.faceStyle / 100),
      background_(weights.backgroundStyle / 100),
      weight_(resolution, device, type),
      type_(type) {
    const int sigma = resolution / 8;
    blur_ = gaussianWindow((4 * sigma) | 1, sigma).to(device, type);
    window_ = gaussianWindow(static_cast<int>(resolution / 11.6), 1.5).to(device, type);
}

void StyleLoss::add(const FaceOutput& swap, const FaceOutput& own, const SideBatch& destination,
                    LossResult& result) const {
    if (face_ > 0) {
        result.add("face_style", faceTerm(swap, own));
    }
    if (background_ > 0) {
        result.add("background_style", backgroundTerm(swap, destination));
    }
}

torch::Tensor StyleLoss::faceTerm(const FaceOutput& swap, const FaceOutput& own) const {
    // The masks say where to look; they are not to be learned from this.
    const auto ours = (swap.image * swap.mask.detach()).to(type_);
    const auto theirs = (own.image * own.mask).detach().to(type_);
    const int64_t padding = blur_.numel() / 2;
    const Moments a = momentsOf(blurred(ours, blur_, padding));
    const Moments b = momentsOf(blurred(theirs, blur_, padding));
    const auto distances = (a.mean - b.mean).square() + (a.deviation - b.deviation).square();
    return kFaceScale * face_ * distances.mean();  // over channels and batch
}

torch::Tensor StyleLoss::backgroundTerm(const FaceOutput& swap,
                                        const SideBatch& destination) const {
    const auto outside = 1 - weight_(destination.mask.to(type_));
    const auto ours = swap.image.to(type_) * outside;
    const auto theirs = destination.target.to(type_) * outside;
    // Two pictures that are the same twice over: the mean per side is that of the batch.
    const auto structure =
        dssimPerSide(torch::cat({ours, ours}), torch::cat({theirs, theirs}), window_)[0];
    return kBackgroundScale * background_ * (structure + (ours - theirs).square().mean());
}

}  // namespace understudy::training
