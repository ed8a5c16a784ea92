#include "training/engine/data/sample_draw.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace understudy::training {

namespace {

// How often a source face takes the other performer's tones: half of the samples keep their own, so
// that the decoder learns both lights.
constexpr double kTransferProbability = 0.5;
// Deviation of a warp node in cells; published as a normal cut at 2.5 deviations, rescaled to
// reach 0.24 of a cell (facts of the DFL augmentation).
constexpr double kWarpReach = 0.24;
constexpr double kWarpCut = 2.5;

using Matrix3 = std::array<std::array<double, 3>, 3>;

Matrix3 product(const Matrix3& a, const Matrix3& b) {
    Matrix3 result{};
    for (size_t i = 0; i < 3; ++i) {
        for (size_t j = 0; j < 3; ++j) {
            for (size_t k = 0; k < 3; ++k) {
                result[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    return result;
}

// transpose(kOpponent) * middle * kOpponent.
Matrix3 inOpponent(const Matrix3& middle) {
    Matrix3 back{};
    for (size_t i = 0; i < 3; ++i) {
        for (size_t j = 0; j < 3; ++j) {
            back[i][j] = kOpponent[j][i];
        }
    }
    return product(back, product(middle, kOpponent));
}

void place(SampleDraw& draw, const DrawOptions& options, RandomSequence& random) {
    const Augmentation& augment = options.augment;
    const double angle = random.uniform(-1, 1) * augment.rotation * std::numbers::pi / 180;
    const double reach = std::log1p(std::max(0.0, augment.scale));
    double zoom = std::exp(random.uniform(-reach, reach));
    double shiftX = 2 * augment.shift * random.uniform(-1, 1);
    double shiftY = 2 * augment.shift * random.uniform(-1, 1);
    const double mirror = random.chance(options.flip) ? -1 : 1;

    // A crop whose corners leave the stored area would show smeared border pixels: it is moved and
    // zoomed just enough to stay inside.
    const double room = 1 + 2 * options.margin;
    const double spread = std::abs(std::cos(angle)) + std::abs(std::sin(angle));
    zoom = std::min(zoom, room / spread);
    const double slack = room - zoom * spread;
    shiftX = std::clamp(shiftX, -slack, slack);
    shiftY = std::clamp(shiftY, -slack, slack);
    const double c = zoom * std::cos(angle), s = zoom * std::sin(angle);
    draw.placement = {static_cast<float>(mirror * c), static_cast<float>(-s),
                      static_cast<float>(shiftX),     static_cast<float>(mirror * s),
                      static_cast<float>(c),          static_cast<float>(shiftY)};
}

double cutNormal(RandomSequence& random) {
    while (true) {
        const double value = random.normal();
        if (std::abs(value) <= kWarpCut) {
            return value / kWarpCut;
        }
    }
}

void warp(SampleDraw& draw, double strength, RandomSequence& random) {
    draw.cells = 2 << random.below(3);
    const double reach = strength * kWarpReach * 2 / draw.cells;
    for (int y = 1; y < draw.cells; ++y) {
        for (int x = 1; x < draw.cells; ++x) {
            const auto node = static_cast<size_t>(y * kWarpNodes + x);
            draw.warpX[node] = static_cast<float>(reach * cutNormal(random));
            draw.warpY[node] = static_cast<float>(reach * cutNormal(random));
        }
    }
}

// Gamma, then brightness, gains per channel, saturation and hue around the grey axis.
void jitter(SampleDraw& draw, double amount, RandomSequence& random) {
    const auto around = [&](double reach) { return random.uniform(-reach, reach); };
    draw.gamma = static_cast<float>(std::exp(around(amount)));
    const double gain = std::exp(around(amount));
    const Matrix3 gains = {{{gain * std::exp(around(amount / 2)), 0, 0},
                            {0, gain * std::exp(around(amount / 2)), 0},
                            {0, 0, gain * std::exp(around(amount / 2))}}};
    const double saturation = 1 + around(std::min(1.0, 1.5 * amount));
    const double hue = around(amount / 2);
    const double c = saturation * std::cos(hue), s = saturation * std::sin(hue);
    const Matrix3 all = product(gains, inOpponent({{{1, 0, 0}, {0, c, -s}, {0, s, c}}}));
    const double offset = around(amount / 4);
    for (size_t i = 0; i < 3; ++i) {
        for (size_t j = 0; j < 3; ++j) {
            draw.jitter[4 * i + j] = static_cast<float>(all[i][j]);
        }
        draw.jitter[4 * i + 3] = static_cast<float>(offset);
    }
}

}  // namespace

const std::array<std::array<double, 3>, 3> kOpponent = {
    {{0.57735026918962573, 0.57735026918962573, 0.57735026918962573},
     {0.70710678118654746, 0, -0.70710678118654746},
     {0.40824829046386302, -0.81649658092772603, 0.40824829046386302}}};

ColorMatrix toneTransfer(const FaceTones& from, const FaceTones& to) {
    Matrix3 scale{};
    std::array<double, 3> moved{};
    for (size_t i = 0; i < 3; ++i) {
        // A ratio beyond these would stretch noise, not light.
        scale[i][i] = std::clamp(to.deviation[i] / std::max(from.deviation[i], 1e-3), 0.5, 2.0);
        moved[i] = to.mean[i] - scale[i][i] * from.mean[i];
    }
    const Matrix3 all = inOpponent(scale);
    ColorMatrix matrix{};
    for (size_t i = 0; i < 3; ++i) {
        double offset = 0;
        for (size_t j = 0; j < 3; ++j) {
            matrix[4 * i + j] = static_cast<float>(all[i][j]);
            offset += kOpponent[j][i] * moved[j];
        }
        matrix[4 * i + 3] = static_cast<float>(offset);
    }
    return matrix;
}

SampleDraw drawSample(const DrawOptions& options, const FaceTones& own, const RandomKey& key) {
    RandomSequence random(key);
    SampleDraw draw;
    place(draw, options, random);
    if (!options.otherTones.empty() && random.chance(kTransferProbability)) {
        const uint32_t other = random.below(static_cast<uint32_t>(options.otherTones.size()));
        draw.transfer = toneTransfer(own, options.otherTones[other]);
    }
    if (options.augment.color > 0) {
        jitter(draw, options.augment.color, random);
    }
    if (options.warpStrength > 0) {
        warp(draw, options.warpStrength, random);
    }
    return draw;
}

}  // namespace understudy::training
