// Central differences against what backward says, in double precision.
#pragma once

#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace understudy::tests {

// The largest difference between the two over a sample of the elements of `at`, as a fraction of
// the largest derivative. `f` gives a scalar.
inline double gradientError(const std::function<torch::Tensor(const torch::Tensor&)>& f,
                            const torch::Tensor& at) {
    constexpr double kStep = 1e-6;
    constexpr int64_t kSample = 24;
    auto variable = at.detach().clone().requires_grad_(true);
    const auto gradient = torch::autograd::grad({f(variable)}, {variable})[0].contiguous();
    const torch::NoGradGuard noGradient;
    const double largest = gradient.abs().max().item<double>();
    double worst = largest > 0 && std::isfinite(largest) ? 0 : HUGE_VAL;
    const int64_t count = at.numel(), apart = std::max<int64_t>(1, count / kSample) | 1;
    for (int64_t i = 0; i < count; i += apart) {
        const auto moved = [&](double by) {
            auto other = at.detach().contiguous().clone();
            other.view({-1})[i] += by;
            return f(other).item<double>();
        };
        const double slope = (moved(kStep) - moved(-kStep)) / (2 * kStep);
        worst = std::max(worst, std::abs(slope - gradient.view({-1})[i].item<double>()) / largest);
    }
    return worst;
}

}  // namespace understudy::tests
