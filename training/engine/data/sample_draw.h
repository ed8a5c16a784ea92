// Everything random about one training sample, drawn on the host from its own counter-based
// sequence: a few hundred bytes that the device turns into pixels. Positions are in units of half
// the trained area, so that they hold at every resolution: [-1, 1] is the crop a network sees.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "media/base/philox.h"
#include "training/plan/plan.h"

namespace understudy::training {

// Mean and deviation of a face's skin per opponent channel (see kOpponent): what colour transfer
// moves from one performer to the other.
struct FaceTones {
    std::array<double, 3> mean{};
    std::array<double, 3> deviation{1, 1, 1};
};

// Rows: lightness, red-blue, green-magenta; orthonormal, so that the inverse is the transpose.
extern const std::array<std::array<double, 3>, 3> kOpponent;

// A colour matrix with offset, row-major 3x4, on values in [0, 1].
using ColorMatrix = std::array<float, 12>;
constexpr ColorMatrix kSameColor = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};

constexpr int kWarpNodes = 9;  // a side of the finest grid of the elastic warp

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
};

// What the draw of one side depends on besides its random numbers.
struct DrawOptions {
    Augmentation augment;
    double flip = 0;          // probability
    double margin = 0.15;     // stored around the trained area: placements stay within it
    double warpStrength = 1;  // after the fade
    // Faces of the other performer whose tones this side may take; empty for none.
    std::span<const FaceTones> otherTones;
};

// `own` are the tones of the face itself.
SampleDraw drawSample(const DrawOptions& options, const FaceTones& own, const RandomKey& key);

// The matrix that gives a face with tones `from` those of `to`.
ColorMatrix toneTransfer(const FaceTones& from, const FaceTones& to);

}  // namespace understudy::training
