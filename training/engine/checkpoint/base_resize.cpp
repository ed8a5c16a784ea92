#include "training/engine/checkpoint/base_resize.h"

#include <torch/nn/functional/upsampling.h>

#include <cmath>

#include "training/engine/model/face_model.h"
#include "training/engine/model/parts.h"

namespace understudy::training {

namespace {

// Edge of a grid of so many numbers in `channels` channels; 0 where they make no square one.
int64_t sideOf(int64_t numbers, int64_t channels) {
    const auto side = std::llround(std::sqrt(static_cast<double>(numbers / channels)));
    return side > 0 && side * side * channels == numbers ? side : 0;
}

// [N,C*s*s] -> [N,C*side*side]; empty where it cannot be.
std::optional<torch::Tensor> resizedRows(const torch::Tensor& rows, int64_t channels,
                                         int64_t numbers) {
    namespace nn = torch::nn::functional;
    const int64_t before = sideOf(rows.size(1), channels), after = sideOf(numbers, channels);
    if (before == 0 || after == 0) {
        return {};
    }
    const torch::Tensor grid =
        rows.to(torch::kFloat).reshape({rows.size(0), channels, before, before});
    return nn::interpolate(grid, nn::InterpolateFuncOptions()
                                     .size(std::vector<int64_t>{after, after})
                                     .mode(torch::kBilinear)
                                     .align_corners(false)
                                     .antialias(true))
        .reshape({rows.size(0), numbers});
}

}  // namespace

std::optional<torch::Tensor> resizedForGrid(const std::string& name, const torch::Tensor& from,
                                            torch::IntArrayRef sizes, const ModelSpec& spec) {
    const auto dims = static_cast<int64_t>(sizes.size());
    if (from.dim() != dims) {
        return {};
    }
    if (name.ends_with(".dense1.weight") && dims == 2 && from.size(0) == sizes[0]) {
        // Sums over the grid: more places to sum over need smaller weights.
        auto rows = resizedRows(from, encoderWidths(spec).back(), sizes[1]);
        if (rows) {
            rows->mul_(static_cast<double>(from.size(1)) / static_cast<double>(sizes[1]));
        }
        return rows;
    }
    if (name.ends_with(".dense2.weight") && dims == 2 && from.size(1) == sizes[1]) {
        const auto rows = resizedRows(from.t(), interChannels(spec), sizes[0]);
        return rows ? std::optional(rows->t().contiguous()) : std::nullopt;
    }
    if (name.ends_with(".dense2.bias") && dims == 1) {
        const auto rows = resizedRows(from.unsqueeze(0), interChannels(spec), sizes[0]);
        return rows ? std::optional(rows->squeeze(0)) : std::nullopt;
    }
    if (name.starts_with("code_") && dims == 4 && from.size(1) == sizes[1]) {
        const auto rows = resizedRows(from.flatten(1), sizes[1], sizes[1] * sizes[2] * sizes[3]);
        return rows ? std::optional(rows->reshape(sizes)) : std::nullopt;
    }
    return {};
}

}  // namespace understudy::training
