// What a face's colours are like, and the colour matrices that give one face those of another. Free
// of torch.
#pragma once

#include <array>
#include <cstddef>

namespace understudy::training {

using Matrix3 = std::array<std::array<double, 3>, 3>;

// Rows: lightness, red-blue, green-magenta; orthonormal, so that the inverse is the transpose.
extern const Matrix3 kOpponent;

// The RGB matrix that does in opponent channels what `middle` does: transpose(kOpponent) * middle *
// kOpponent.
Matrix3 inOpponent(const Matrix3& middle);
Matrix3 product(const Matrix3& a, const Matrix3& b);

// A colour matrix with offset, row-major 3x4, on values in [0, 1].
using ColorMatrix = std::array<float, 12>;
constexpr ColorMatrix kSameColor = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};

// A Gaussian through the colours of a face's skin, in opponent channels (see kOpponent): what
// colour transfer moves from one performer to the other.
struct FaceTones {
    std::array<double, 3> mean{};
    std::array<double, 3> deviation{1, 1, 1};
    std::array<double, 3> across{};  // covariances of channels 0 and 1, 0 and 2, 1 and 2
};

// Of planes R, G, B of `pixels` samples each, weighted by `mask`; without any mask by all alike.
FaceTones tonesOf(const float* planes, size_t pixels, const float* mask);

// The matrix that gives a face with tones `from` the mean and deviation of `to` in each opponent
// channel by itself (Reinhard et al., "Color transfer between images", 2001).
ColorMatrix toneTransfer(const FaceTones& from, const FaceTones& to);

// The matrix that gives it the mean and covariance of `to`, moving colours as little as possible:
// linear optimal transport between the two Gaussians, A^(-1/2) (A^(1/2) B A^(1/2))^(1/2) A^(-1/2)
// for covariances A and B (Pitie and Kokaram, "The linear Monge-Kantorovitch linear colour
// mapping", 2007).
ColorMatrix transportTransfer(const FaceTones& from, const FaceTones& to);

// Either stretches no channel or direction by less than a half or more than twice: a ratio beyond
// these would stretch noise, not light.
constexpr double kLeastStretch = 0.5, kMostStretch = 2;

}  // namespace understudy::training
