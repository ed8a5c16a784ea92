#include "training/engine/data/degrader.h"

#include <torch/nn/functional/conv.h>
#include <torch/nn/functional/padding.h>
#include <torch/nn/functional/pooling.h>
#include <torch/nn/functional/upsampling.h>

#include <vector>

#include "media/base/check.h"

namespace understudy::training {

namespace F = torch::nn::functional;

namespace {

constexpr int64_t kBlock = kCodecBlock;
constexpr int64_t kBlockPixels = kCodecBlockPixels;

// [64, 64]: coefficients of a block (row-major) from its pixels, orthonormal.
torch::Tensor cosines() {
    torch::Tensor line = torch::empty({kBlock, kBlock}, torch::kDouble);
    auto rows = line.accessor<double, 2>();
    for (int64_t k = 0; k < kBlock; ++k) {
        for (int64_t x = 0; x < kBlock; ++x) {
            rows[k][x] = codecCosine(static_cast<int>(k), static_cast<int>(x));
        }
    }
    return torch::kron(line, line).to(torch::kFloat);
}

// [101, 2, 64], by quality.
torch::Tensor steps() {
    torch::Tensor all = torch::ones({101, 2, kBlockPixels});
    auto rows = all.accessor<float, 3>();
    for (int quality = 1; quality <= 100; ++quality) {
        const auto tables = quantisation(quality);
        for (int64_t t = 0; t < 2; ++t) {
            for (int64_t i = 0; i < kBlockPixels; ++i) {
                rows[quality][t][i] =
                    static_cast<float>(tables[static_cast<size_t>(t)][static_cast<size_t>(i)]);
            }
        }
    }
    return all;
}

// [n,c,H,W] to [n, c*H*W/64, 64], a row for each block.
torch::Tensor blocksOf(const torch::Tensor& planes) {
    const int64_t n = planes.size(0), c = planes.size(1), h = planes.size(2), w = planes.size(3);
    return planes.reshape({n, c, h / kBlock, kBlock, w / kBlock, kBlock})
        .permute({0, 1, 2, 4, 3, 5})
        .reshape({n, -1, kBlockPixels});
}

torch::Tensor planesOf(const torch::Tensor& blocks, int64_t channels, int64_t size) {
    return blocks.view({-1, channels, size / kBlock, size / kBlock, kBlock, kBlock})
        .permute({0, 1, 2, 4, 3, 5})
        .reshape({-1, channels, size, size});
}

// Planes as they come out of a codec with these steps [n, 64] and cosines [64, 64].
torch::Tensor coded(const torch::Tensor& planes, const torch::Tensor& step,
                    const torch::Tensor& cosine) {
    const torch::Tensor steps = step.unsqueeze(1);
    const torch::Tensor levels =
        torch::matmul(blocksOf(planes), cosine.t()).div_(steps).round_().mul_(steps);
    return planesOf(torch::matmul(levels, cosine), planes.size(1), planes.size(2));
}

}  // namespace

struct Degrader::Tables {
    torch::Tensor squares;  // [taps of the widest blur]: squared distance from the middle, pixels
    torch::Tensor grain;    // [3 R R + kNoiseStarts], normal
    torch::Tensor cosines;  // [64, 64]
    torch::Tensor steps;    // [101, 2, 64]
    torch::Tensor fromRgb;  // [3, 3]
    torch::Tensor toRgb;    // [3, 3]
};

Degrader::Degrader(int resolution, torch::Device device)
    : resolution_(resolution), device_(device) {
    US_CHECK(resolution % (2 * kBlock) == 0);
}

const Degrader::Tables& Degrader::tables() const {
    std::call_once(made_, [this] {
        auto made = std::make_shared<Tables>();
        const int64_t reach = blurReach(resolution_);
        // Copies from ordinary memory wait until they are done.
        made->squares = torch::arange(-reach, reach + 1, torch::kFloat).square().to(device_);
        made->grain =
            torch::tensor(grainTable(3 * resolution_ * resolution_ + kNoiseStarts)).to(device_);
        made->cosines = cosines().to(device_);
        made->steps = steps().to(device_);
        made->fromRgb = torch::tensor(at::ArrayRef<float>(kCodecFromRgb)).view({3, 3}).to(device_);
        made->toRgb = torch::tensor(at::ArrayRef<float>(kCodecToRgb)).view({3, 3}).to(device_);
        tables_ = std::move(made);
    });
    return *tables_;
}

torch::Tensor Degrader::onDevice(const torch::Tensor& values) const {
    return device_.is_cuda() ? values.pin_memory().to(device_, /*non_blocking=*/true) : values;
}

torch::Tensor Degrader::apply(torch::Tensor images, std::span<const SampleDraw> draws) const {
    const torch::NoGradGuard noGradient;
    US_CHECK(images.size(0) == static_cast<int64_t>(draws.size()));
    // `work` on the images whose draws are `wanted`; all others stay as they are.
    const auto onSome = [&](auto wanted, auto work) {
        std::vector<int64_t> which;
        std::vector<const SampleDraw*> those;
        for (size_t i = 0; i < draws.size(); ++i) {
            if (wanted(draws[i])) {
                which.push_back(static_cast<int64_t>(i));
                those.push_back(&draws[i]);
            }
        }
        if (which.empty()) {
            return;
        }
        if (which.size() == draws.size()) {
            images = work(images, those);
            return;
        }
        const torch::Tensor indices = onDevice(torch::tensor(which));
        images = images.index_copy(0, indices, work(images.index_select(0, indices), those));
    };
    onSome([](const SampleDraw& draw) { return draw.blur != SampleDraw{}.blur; },
           [this](const torch::Tensor& part, const std::vector<const SampleDraw*>& those) {
               std::vector<float> deviations;
               for (const SampleDraw* draw : those) {
                   for (const float fraction : draw->blur) {
                       deviations.push_back(fraction * static_cast<float>(resolution_));
                   }
               }
               return blurred(part, onDevice(torch::tensor(deviations).view({-1, 2})));
           });
    onSome([](const SampleDraw& draw) { return draw.noise > 0; },
           [this](const torch::Tensor& part, const std::vector<const SampleDraw*>& those) {
               return grained(part, those);
           });
    onSome([](const SampleDraw& draw) { return draw.quality > 0; },
           [this](const torch::Tensor& part, const std::vector<const SampleDraw*>& those) {
               std::vector<int64_t> qualities;
               for (const SampleDraw* draw : those) {
                   qualities.push_back(draw->quality);
               }
               return compressed(part, onDevice(torch::tensor(qualities)));
           });
    return images;
}

// Across, then down, each sample with weights of its own; the border's pixels go on beyond it.
torch::Tensor Degrader::blurred(const torch::Tensor& images,
                                const torch::Tensor& deviations) const {
    const int64_t n = images.size(0), planes = 3 * n;
    const torch::Tensor& squares = tables().squares;
    const int64_t taps = squares.size(0), reach = taps / 2;
    const torch::Tensor precision =
        deviations.clamp_min(kSharpestBlur).square_().mul_(2).reciprocal_().neg_();
    torch::Tensor weights =
        (precision.unsqueeze(2) * squares).exp_();  // [n, across and down, taps]
    weights.div_(weights.sum(-1, /*keepdim=*/true));
    const auto along = [&](const torch::Tensor& given, int64_t direction) {
        const bool across = direction == 0;
        const torch::Tensor wider =
            F::pad(given, F::PadFuncOptions(across ? std::vector<int64_t>{reach, reach, 0, 0}
                                                   : std::vector<int64_t>{0, 0, reach, reach})
                              .mode(torch::kReplicate));
        const torch::Tensor kernels =
            weights.select(1, direction)
                .unsqueeze(1)
                .expand({n, 3, taps})
                .reshape({planes, 1, across ? 1 : taps, across ? taps : 1});
        const torch::Tensor result =
            F::conv2d(wider.reshape({1, planes, wider.size(2), wider.size(3)}), kernels,
                      F::Conv2dFuncOptions().groups(planes));
        return result.view(given.sizes());
    };
    return along(along(images, 0), 1);
}

torch::Tensor Degrader::grained(const torch::Tensor& images,
                                const std::vector<const SampleDraw*>& draws) const {
    std::vector<torch::Tensor> stretches;
    std::vector<float> deviations;
    for (const SampleDraw* draw : draws) {
        stretches.push_back(tables().grain.narrow(0, draw->noiseAt, 3 * resolution_ * resolution_));
        deviations.push_back(draw->noise);
    }
    const torch::Tensor strength = onDevice(torch::tensor(deviations)).view({-1, 1, 1, 1});
    return torch::addcmul(images, torch::stack(stretches).view(images.sizes()), strength)
        .clamp_(0, 1);
}

// Luminance at full, colour at half the resolution, as cameras and movies do.
torch::Tensor Degrader::compressed(const torch::Tensor& images,
                                   const torch::Tensor& qualities) const {
    const Tables& table = tables();
    const int64_t n = images.size(0), size = resolution_;
    const torch::Tensor steps = table.steps.index_select(0, qualities);
    torch::Tensor all = torch::matmul(table.fromRgb, images.reshape({n, 3, size * size})).mul_(255);
    all = all.view({n, 3, size, size});
    const torch::Tensor light =
        coded(all.narrow(1, 0, 1).sub(128), steps.select(1, 0), table.cosines).add_(128);
    const torch::Tensor half = F::avg_pool2d(all.narrow(1, 1, 2), F::AvgPool2dFuncOptions(2));
    const torch::Tensor color = F::interpolate(
        coded(half, steps.select(1, 1), table.cosines),
        F::InterpolateFuncOptions().scale_factor(std::vector<double>{2, 2}).mode(torch::kNearest));
    const torch::Tensor joined = torch::cat({light, color}, 1).mul_(1 / 255.0);
    return torch::matmul(table.toRgb, joined.view({n, 3, size * size}))
        .clamp_(0, 1)
        .view({n, 3, size, size});
}

}  // namespace understudy::training
