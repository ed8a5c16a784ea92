#include "training/engine/loss/multi_scale_dssim.h"

#include <torch/nn/functional/pooling.h>
#include <torch/types.h>

#include <algorithm>
#include <array>

#include "media/base/check.h"
#include "training/engine/loss/dssim.h"

namespace understudy::training {

namespace {

constexpr std::array<double, 5> kExponents = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
constexpr double kLeast = 1e-3;

// [N,C]: the mean over each plane of contrast and structure, with luminance where asked for.
torch::Tensor similarity(const torch::Tensor& x, const torch::Tensor& y,
                         const torch::Tensor& window, bool withLuminance) {
    const auto maps = blurred(torch::cat({x, y, x * y, x * x + y * y}), window).chunk(4);
    const auto product = maps[0] * maps[1];
    const auto squares = maps[0] * maps[0] + maps[1] * maps[1];
    auto value = (2 * (maps[2] - product) + kC2) / (maps[3] - squares + kC2);
    if (withLuminance) {
        value = value * (2 * product + kC1) / (squares + kC1);
    }
    return value.mean({2, 3});
}

torch::Tensor halved(const torch::Tensor& images) {
    return torch::nn::functional::avg_pool2d(images,
                                             torch::nn::functional::AvgPool2dFuncOptions(2));
}

}  // namespace

int scalesWithin(int resolution, int wanted) {
    int scales = 1;
    while (scales < wanted && resolution >> scales >= kScaleWindow) {
        ++scales;
    }
    return scales;
}

torch::Tensor multiScaleDssimPerSide(const torch::Tensor& images, const torch::Tensor& targets,
                                     const torch::Tensor& window, int scales) {
    US_CHECK(scales >= 1 && scales <= static_cast<int>(kExponents.size()));
    double sum = 0;
    for (int i = 0; i < scales; ++i) {
        sum += kExponents[static_cast<size_t>(i)];
    }
    torch::Tensor x = images, y = targets, product;
    for (int i = 0; i < scales; ++i) {
        const bool last = i + 1 == scales;
        const auto factor = similarity(x, y, window, last)
                                .clamp_min(kLeast)
                                .pow(kExponents[static_cast<size_t>(i)] / sum);
        product = product.defined() ? product * factor : factor;
        if (!last) {
            x = halved(x);
            y = halved(y);
        }
    }
    return (1 - product.reshape({2, -1}).mean(1)) / 2;
}

}  // namespace understudy::training
