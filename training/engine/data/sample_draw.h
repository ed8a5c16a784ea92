// Everything random about one training sample, drawn on the host from its own counter-based
// sequence: a few hundred bytes that the device turns into pixels. Positions are in units of half
// the trained area, so that they hold at every resolution: [-1, 1] is the crop a network sees.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "media/base/philox.h"
#include "training/engine/data/color_transfer.h"
#include "training/plan/plan.h"

namespace understudy::training {

constexpr int kWarpNodes = 9;   // a side of the finest grid of the elastic warp
constexpr int kShadeNodes = 5;  // a side of the grid of light and shade, from border to border

struct SampleDraw {
    // Where in the stored face an output position looks: x' = a[0] x + a[1] y + a[2], y' = a[3..5].
    // Shared by input and target.
    std::array<float, 6> placement = {1, 0, 0, 0, 1, 0};
    // Elastic warp of the input alone: a grid of 2, 4 or 8 cells; displacements of its nodes in x
    // and in y, kWarpNodes a row, outside the grid and on its border 0.
    int cells = 8;
    std::array<float, size_t{kWarpNodes} * kWarpNodes> warpX{};
    std::array<float, size_t{kWarpNodes} * kWarpNodes> warpY{};
    // Colour transfer, on input and target; then gamma and jitter, on the input.
    ColorMatrix transfer = kSameColor;
    float gamma = 1;
    ColorMatrix jitter = kSameColor;
    // Light and shade over the input: natural logarithms of the gains of R, G and B at the nodes of
    // a grid, linear between them.
    std::array<float, size_t{3} * kShadeNodes * kShadeNodes> shade{};
    // What a worse camera would have made of the input, in this order: a Gaussian blur (deviations
    // across and down as fractions of the width), grain (deviation of each channel, and where in
    // the table of grain it begins) and the quality of a JPEG, 1 to 100. 0: none.
    std::array<float, 2> blur{};
    float noise = 0;
    uint32_t noiseAt = 0;
    int quality = 0;

    bool operator==(const SampleDraw&) const = default;
};

// Ranges that the degradations are drawn from, evenly.
constexpr double kMostBlur = 0.015;
constexpr double kMostNoise = 0.05;
constexpr int kLeastQuality = 20, kMostQuality = 90;
constexpr uint32_t kNoiseStarts = 1u << 18;  // noiseAt is below this

inline bool isShaded(const SampleDraw& draw) {
    return draw.shade != decltype(draw.shade){};
}

// What a node, 0 to kShadeNodes - 1, is worth at pixel `i` of `resolution` along one axis.
inline float shadeWeight(int node, int i, int resolution) {
    const float at = (static_cast<float>(i) + 0.5f) / static_cast<float>(resolution) *
                     static_cast<float>(kShadeNodes - 1);
    const float apart = at > static_cast<float>(node) ? at - static_cast<float>(node)
                                                      : static_cast<float>(node) - at;
    return apart < 1 ? 1 - apart : 0;
}

// How a face takes over the colours of another.
enum class ColorTransfer { none, tones, lot, mix };
// Of augment.colorTransfer.
ColorTransfer colorTransferOf(const std::string& name);

// What the draw of one side depends on besides its random numbers.
struct DrawOptions {
    Augmentation augment;
    double flip = 0;          // probability
    double margin = 0.15;     // stored around the trained area: placements stay within it
    double warpStrength = 1;  // after the fade
    // Faces of the other performer whose colours this side may take; empty for none.
    std::span<const FaceTones> otherTones;
    ColorTransfer transfer = ColorTransfer::tones;
};

// `own` are the tones of the face itself.
SampleDraw drawSample(const DrawOptions& options, const FaceTones& own, const RandomKey& key);

}  // namespace understudy::training
