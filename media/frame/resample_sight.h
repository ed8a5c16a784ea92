// What resampling looks at: for output pixels, the places in the source, the weights of the kernel
// there, and the part of the source that they reach. Inside media/frame only.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "media/align/transform.h"

namespace understudy::media::sight {

// Positions between two source pixels that have weights of their own. The rounding moves a pixel
// by at most 0.0005 px.
constexpr int kPhases = 1024;
// From this shrinkage on, whole blocks are averaged first, so that large faces stay cheap.
constexpr double kBlocksFrom = 3;

// Places along an axis that go on evenly, within limits.
struct Line {
    double first;
    double step;
    double least;
    double most;
};

// In phases, rounded.
void placesOf(const Line& line, std::span<int32_t> places);

// One axis of the source: how it is shrunk and weighted.
struct Axis {
    Axis(double shrinkage, int length_);

    // Weights of `taps` blocks for each phase, padded with zeros to a multiple of four.
    void makeWeights();
    // Of an axis that is shrunk alike.
    void takeWeights(const Axis& other);

    // The first block for a place in source pixels.
    int firstAt(double position) const;
    int firstOf(int32_t fixed) const { return (fixed >> 10) - (taps / 2 - 1); }
    // And of its phase.
    const float* weightsOf(int32_t fixed) const {
        return weights.data() + static_cast<size_t>(fixed & (kPhases - 1)) * stride;
    }

    // Of output row `y`: source = along * x + across * y + start, in blocks. Beyond the kernel's
    // reach everything is border, so places stop there.
    Line line(double along, double across, double start, int y) const;
    // How far outside the picture a place can still see it, in source pixels.
    double reach() const { return (2 * width + 2) * block; }
    // The source pixels, from and up to, that `count` blocks from `first` on are made of: at least
    // one, so that a region beside the picture still finds the edge to repeat.
    std::pair<int, int> span(int first, int count) const;

    int block;
    double width;
    int taps;
    int length;
    int blocks;
    int stride = 0;
    std::vector<float> weights;
};

static_assert(kPhases == 1 << 10);

// The part of the source that the result needs, averaged in blocks, as floats in one or four lanes
// a pixel, with the border written out so that the inner loops need no tests.
struct Region {
    int x0 = 0;  // in blocks
    int y0 = 0;
    int width = 0;
    int height = 0;
    int lanes = 1;
    std::vector<float> samples;
    const float* at(int x, int y) const {
        return samples.data() +
               (static_cast<size_t>(y - y0) * width + static_cast<size_t>(x - x0)) * lanes;
    }
};

struct Sight {
    Sight(int width, int height, const Affine& inFromOut_);

    // Where the centre of an output pixel lies in the source. Beyond the kernel's reach everything
    // is border, so the place stops there and the region stays small.
    Point placeOf(double x, double y) const;
    // Without its samples.
    Region regionFor(int outWidth, int outHeight) const;

    Affine inFromOut;
    Axis across;
    Axis down;
};

}  // namespace understudy::media::sight
