#include "training/engine/loss/blur_out_mask.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>

#include "training/engine/loss/dssim.h"

namespace understudy::training {

torch::Tensor blurredOutMask(const torch::Tensor& target, const torch::Tensor& mask) {
    const torch::NoGradGuard noGradient;
    const int sigma = std::max<int>(1, static_cast<int>(target.size(3)) / 128);
    const auto window =
        gaussianWindow((4 * sigma) | 1, sigma).to(target.device(), target.scalar_type());
    const int64_t padding = window.numel() / 2;
    const auto outside = 1 - mask;
    // Where nothing around is outside, neither is the pixel itself: the quotient does not count.
    const auto share = blurred(outside, window, padding).clamp_min(1e-6);
    return target * mask + outside * blurred(target * outside, window, padding) / share;
}

void blurOutMask(PairBatch& batch) {
    for (SideBatch* side : {&batch.source, &batch.destination}) {
        side->target = blurredOutMask(side->target, side->mask);
    }
}

}  // namespace understudy::training
