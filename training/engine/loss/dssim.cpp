#include "training/engine/loss/dssim.h"

#include <torch/torch.h>

#include <cmath>

namespace understudy::training {

namespace {

constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;

}  // namespace

torch::Tensor gaussianWindow(int size, double sigma) {
    const auto x = torch::arange(size, torch::kDouble) - (size - 1) / 2.0;
    const auto window = torch::exp(-x * x / (2 * sigma * sigma));
    return window / window.sum();
}

torch::Tensor blurred(const torch::Tensor& images, const torch::Tensor& window, int64_t padding) {
    const int64_t height = images.size(2), width = images.size(3);
    auto planes = images.reshape({-1, 1, height, width});
    planes = torch::conv2d(planes, window.view({1, 1, -1, 1}), {}, 1, at::IntArrayRef{padding, 0});
    planes = torch::conv2d(planes, window.view({1, 1, 1, -1}), {}, 1, at::IntArrayRef{0, padding});
    return planes.view({images.size(0), images.size(1), planes.size(2), planes.size(3)});
}

torch::Tensor dssimPerSide(const torch::Tensor& images, const torch::Tensor& targets,
                           const torch::Tensor& window) {
    const auto& x = images;
    const auto& y = targets;
    const auto maps = blurred(torch::cat({x, y, x * y, x * x + y * y}), window).chunk(4);
    const auto product = maps[0] * maps[1];
    const auto squares = maps[0] * maps[0] + maps[1] * maps[1];
    const auto ssim = (2 * product + kC1) / (squares + kC1) * (2 * (maps[2] - product) + kC2) /
                      (maps[3] - squares + kC2);
    return (1 - ssim.reshape({2, -1}).mean(1)) / 2;
}

}  // namespace understudy::training
