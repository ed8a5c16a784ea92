#include "training/engine/loss/dssim.h"

#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <vector>

#include "training/engine/loss/dssim_kernel.h"
#include "training/engine/model/parallel.h"

namespace understudy::training {

namespace {

constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;

// The gradient is made together with the value, while all that it needs is in the cache.
class DssimInPlace : public torch::autograd::Function<DssimInPlace> {
  public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context,
                                 const torch::Tensor& images, const torch::Tensor& targets,
                                 const torch::Tensor& window, bool withGradient) {
        const auto x = images.contiguous(), y = targets.contiguous(), w = window.contiguous();
        const int64_t height = x.size(2), width = x.size(3), pixels = height * width;
        const int64_t planes = x.size(0) * x.size(1), size = w.numel();
        const int64_t positions = planes / 2 * (height - size + 1) * (width - size + 1);
        auto gradient = withGradient ? torch::empty_like(x) : torch::Tensor();
        std::vector<double> sums(static_cast<size_t>(planes));
        const float* image = x.const_data_ptr<float>();
        const float* target = y.const_data_ptr<float>();
        float* slope = withGradient ? gradient.data_ptr<float>() : nullptr;
        parallelFor(planes, [&](int64_t plane) {
            thread_local std::vector<float> scratch;
            const int64_t offset = plane * pixels;
            sums[static_cast<size_t>(plane)] =
                ssimSum({image + offset, target + offset,
                         slope != nullptr ? slope + offset : nullptr, height, width},
                        w.const_data_ptr<float>(), size, scratch);
        });
        context->save_for_backward({gradient});
        context->saved_data["factor"] = -0.5 / static_cast<double>(positions);
        auto result = torch::empty({2}, x.options().requires_grad(false));
        for (int side = 0; side < 2; ++side) {
            double sum = 0;
            for (int64_t plane = side * planes / 2; plane < (side + 1) * planes / 2; ++plane) {
                sum += sums[static_cast<size_t>(plane)];
            }
            result[side] = (1 - sum / static_cast<double>(positions)) / 2;
        }
        return result;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto gradient = context->get_saved_variables()[0];
        const auto factors = gradients[0] * context->saved_data["factor"].toDouble();
        const auto halves = gradient.view({2, -1}) * factors.view({2, 1});
        return {halves.view(gradient.sizes()), torch::Tensor(), torch::Tensor(), torch::Tensor()};
    }
};

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
    if (images.is_cpu() && images.scalar_type() == torch::kFloat) {
        return DssimInPlace::apply(images, targets, window,
                                   images.requires_grad() && torch::GradMode::is_enabled());
    }
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
