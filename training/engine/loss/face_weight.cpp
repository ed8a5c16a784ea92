#include "training/engine/loss/face_weight.h"

#include <torch/types.h>

#include <algorithm>

#include "training/engine/loss/dssim.h"

namespace understudy::training {

FaceWeight::FaceWeight(int resolution, torch::Device device, torch::ScalarType type) {
    const int sigma = std::max(1, resolution / 32);
    window_ = gaussianWindow((4 * sigma) | 1, sigma).to(device, type);
}

torch::Tensor FaceWeight::operator()(const torch::Tensor& mask) const {
    return 2 * blurred(mask, window_, window_.numel() / 2).clamp_max(0.5);
}

}  // namespace understudy::training
