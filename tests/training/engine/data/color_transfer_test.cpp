#include "training/engine/data/color_transfer.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "media/base/philox.h"

using namespace understudy;
using namespace understudy::training;

namespace {

constexpr size_t kPixels = 4000;

// Planes R, G, B whose colours are correlated; `mix` is in opponent channels.
std::vector<float> colors(uint64_t seed, const std::array<double, 3>& mean, const Matrix3& mix) {
    RandomSequence random({.seed = seed});
    std::vector<float> planes(3 * kPixels);
    for (size_t i = 0; i < kPixels; ++i) {
        const std::array<double, 3> noise = {random.normal(), random.normal(), random.normal()};
        for (size_t c = 0; c < 3; ++c) {
            double value = mean[c];
            for (size_t k = 0; k < 3; ++k) {
                for (size_t j = 0; j < 3; ++j) {
                    value += kOpponent[k][c] * mix[k][j] * noise[j];
                }
            }
            planes[c * kPixels + i] = static_cast<float>(value);
        }
    }
    return planes;
}

std::vector<float> recolored(const std::vector<float>& planes, const ColorMatrix& matrix) {
    std::vector<float> result(planes.size());
    for (size_t i = 0; i < kPixels; ++i) {
        for (size_t c = 0; c < 3; ++c) {
            result[c * kPixels + i] = matrix[4 * c + 3];
            for (size_t j = 0; j < 3; ++j) {
                result[c * kPixels + i] += matrix[4 * c + j] * planes[j * kPixels + i];
            }
        }
    }
    return result;
}

FaceTones tones(const std::vector<float>& planes) {
    const std::vector<float> mask(kPixels, 1);
    return tonesOf(planes.data(), kPixels, mask.data());
}

const std::vector<float> kSource =
    colors(1, {0.7, 0.5, 0.4}, {{{0.15, 0, 0}, {0.02, 0.04, 0}, {0.01, -0.01, 0.03}}});
const std::vector<float> kDestination =
    colors(2, {0.4, 0.3, 0.3}, {{{0.18, 0, 0}, {-0.02, 0.05, 0}, {0.01, 0.01, 0.035}}});

}  // namespace

TEST_CASE("the tones of a face are the moments of its colours under the mask") {
    // Two greys and a red, the red outside the mask.
    const std::vector<float> planes = {0.2f, 0.6f, 1, 0.2f, 0.6f, 0, 0.2f, 0.6f, 0};
    const float mask[3] = {1, 3, 0};
    const FaceTones found = tonesOf(planes.data(), 3, mask);
    CHECK(found.mean[0] == Approx(0.5 * std::sqrt(3)));
    CHECK(found.mean[1] == Approx(0).margin(1e-7));
    CHECK(found.deviation[0] == Approx(std::sqrt(3 * 0.25 * 0.75) * 0.4));
    CHECK(found.deviation[2] == Approx(0).margin(1e-4));
    const float none[3] = {0, 0, 0};
    CHECK(tonesOf(planes.data(), 3, none).mean[0] == Approx((3 * 0.8 + 1) / 3 / std::sqrt(3)));
    // Red and blue of opposite sign in lightness and tint: a covariance.
    const std::vector<float> two = {0, 1, 0, 0, 0, 0};
    const float both[2] = {1, 1};
    const FaceTones across = tonesOf(two.data(), 2, both);
    CHECK(across.across[0] == Approx(0.25 / std::sqrt(6.0)));
    CHECK(across.across[1] == Approx(0.25 / std::sqrt(18.0)));
    CHECK(across.across[2] == Approx(0.25 / std::sqrt(12.0)));
}

TEST_CASE("transport gives the mean and the covariance of the other's colours") {
    const FaceTones to = tones(kDestination);
    const FaceTones found = tones(recolored(kSource, transportTransfer(tones(kSource), to)));
    CHECK(std::abs(to.across[0]) > 0.1 * to.deviation[0] * to.deviation[1]);
    for (size_t k = 0; k < 3; ++k) {
        CAPTURE(k);
        CHECK(found.mean[k] == Approx(to.mean[k]).margin(1e-5));
        CHECK(found.deviation[k] == Approx(to.deviation[k]).epsilon(1e-4));
        CHECK(found.across[k] == Approx(to.across[k]).margin(1e-6));
    }
    // Channel by channel, deviations match and covariances do not.
    const FaceTones apart = tones(recolored(kSource, toneTransfer(tones(kSource), to)));
    CHECK(apart.deviation[1] == Approx(to.deviation[1]).epsilon(1e-4));
    CHECK(std::abs(apart.across[0] - to.across[0]) > 0.2 * std::abs(to.across[0]));
}

TEST_CASE("transport is the one that moves colours least: its matrix is symmetric and positive") {
    const ColorMatrix matrix = transportTransfer(tones(kSource), tones(kDestination));
    const auto at = [&](size_t i, size_t j) { return static_cast<double>(matrix[4 * i + j]); };
    for (size_t i = 0; i < 3; ++i) {
        for (size_t j = 0; j < i; ++j) {
            CHECK(at(i, j) == Approx(at(j, i)).margin(1e-6));
        }
    }
    // Leading minors (Sylvester).
    CHECK(at(0, 0) > 0);
    CHECK(at(0, 0) * at(1, 1) - at(0, 1) * at(1, 0) > 0);
    CHECK(at(0, 0) * (at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)) -
              at(0, 1) * (at(1, 0) * at(2, 2) - at(1, 2) * at(2, 0)) +
              at(0, 2) * (at(1, 0) * at(2, 1) - at(1, 1) * at(2, 0)) >
          0);
}

TEST_CASE("transport has the values of its closed form") {
    SECTION("from a ball it is the root of the other's covariance") {
        // Covariance s2 {{2, 1}, {1, 2}}: eigenvalues 3 and 1 along the diagonals.
        const double s = 0.05, root = std::sqrt(3.0);
        const FaceTones from{{0, 0, 0}, {s, s, s}};
        const FaceTones to{{0, 0, 0}, {s * std::sqrt(2.0), s * std::sqrt(2.0), s}, {s * s, 0, 0}};
        const double on = (root + 1) / 2, off = (root - 1) / 2;
        const Matrix3 expected = inOpponent({{{on, off, 0}, {off, on, 0}, {0, 0, 1}}});
        const ColorMatrix found = transportTransfer(from, to);
        for (size_t i = 0; i < 3; ++i) {
            for (size_t j = 0; j < 3; ++j) {
                CHECK(found[4 * i + j] == Approx(expected[i][j]).margin(1e-6));
            }
            CHECK(found[4 * i + 3] == Approx(0).margin(1e-7));
        }
    }
    SECTION("without covariances it is the transfer of tones") {
        const FaceTones from{{0.9, 0.1, -0.05}, {0.2, 0.05, 0.03}};
        const FaceTones to{{0.6, 0.05, 0.02}, {0.3, 0.04, 0.03}};
        const ColorMatrix one = toneTransfer(from, to), other = transportTransfer(from, to);
        for (size_t i = 0; i < one.size(); ++i) {
            CHECK(other[i] == Approx(one[i]).margin(1e-6));
        }
    }
    SECTION("to itself it is the identity") {
        const ColorMatrix same = transportTransfer(tones(kSource), tones(kSource));
        for (size_t i = 0; i < same.size(); ++i) {
            CHECK(same[i] == Approx(kSameColor[i]).margin(1e-5));
        }
    }
}

TEST_CASE("a transfer from or to flat colours stretches no noise") {
    const FaceTones flat{{0.5, 0, 0}, {0, 0, 0}};
    const FaceTones line{{0.5, 0, 0}, {0.1, 0.1, 0.1}, {0.01, 0.01, 0.01}};  // singular
    for (const FaceTones& from : {flat, line, tones(kSource)}) {
        for (const FaceTones& to : {flat, line, tones(kSource)}) {
            for (const auto& matrix : {toneTransfer(from, to), transportTransfer(from, to)}) {
                for (const float value : matrix) {
                    CHECK(std::isfinite(value));
                }
                for (size_t i = 0; i < 3; ++i) {
                    CHECK(matrix[4 * i + i] <= kMostStretch + 1e-5);
                    CHECK(matrix[4 * i + i] >= kLeastStretch - 1e-5);
                }
            }
        }
    }
}
