// Takes the colours of one face to those of another by their masked statistics. Statistics are
// sums, so that those of neighbouring frames add up to a smoothed one and a frame in which a hand
// hides the face simply counts for less.
#pragma once

#include <array>

#include "media/frame/image.h"
#include "training/look/composite_options.h"

namespace understudy::training {

// Weighted moments of R G B.
struct ColorMoments {
    double weight = 0;
    std::array<double, 3> sum{};     // of w c
    std::array<double, 6> square{};  // of w c c': rr rg rb gg gb bb

    void add(const ColorMoments& other, double factor);
    std::array<double, 3> mean() const;
    std::array<double, 9> covariance() const;  // row-major
};

// `pixels` is f32 with 3 channels, `weight` f32 with 1 of the same size.
ColorMoments measureColors(const media::Image& pixels, const media::Image& weight);

// c' = matrix c + offset.
struct ColorMap {
    std::array<double, 9> matrix{1, 0, 0, 0, 1, 0, 0, 0, 1};
    std::array<double, 3> offset{};

    void apply(media::Image& pixels) const;
};

// The map after which `from` has the mean (and, for linear, the covariance) of `to`: the linear
// Monge-Kantorovich solution (Pitie and Kokaram 2007). Contrast changes by at most 1.8 either way,
// so that a face of one tone is not blown up. Without weight on either side: the identity.
ColorMap matchColors(const ColorMoments& from, const ColorMoments& to, ColorMatch mode);

// Colours of two faces place by place.
struct ColorPair {
    ColorMoments from;
    ColorMoments to;
    double product = 0;  // of w (from . to)
    // Of the weight that was taken away times how much darker `to` is (luma, 0 to 1): without and
    // with its sign, so darkened is from -disagreed to disagreed.
    double disagreed = 0;
    double darkened = 0;

    void add(const ColorPair& other, double factor);
};

// As above, but the contrast is that of what both have in common. A beard or brows that one of them
// has alone add to its contrast even where they hardly count; the darker side of what disagrees
// tells whose they are. With those of `to`, the slope is that of `to` over `from`, with those of
// `from` it is that of the other way round, and between them in between.
ColorMap matchColors(const ColorPair& colors, ColorMatch mode);

struct AgreedColors {
    media::Image weight;
    ColorPair colors;
};

// `weight` where both agree once `from` has taken the colours of `to`, and the colours there: a
// beard, brows or make-up that only one of them has is no tone of skin, and would darken all of
// the other's. Both f32 with 3 channels and without their fine detail. Iteratively reweighted
// (Geman and McClure 1987), from a great doubt to a small one.
AgreedColors agreeColors(const media::Image& from, const media::Image& to,
                         const media::Image& weight);

}  // namespace understudy::training
