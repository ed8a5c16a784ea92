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

ColorMatrix transfer(const DrawOptions& options, const FaceTones& own, RandomSequence& random) {
    const uint32_t other = random.below(static_cast<uint32_t>(options.otherTones.size()));
    const bool transport = options.transfer == ColorTransfer::lot ||
                           (options.transfer == ColorTransfer::mix && random.chance(0.5));
    return (transport ? transportTransfer : toneTransfer)(own, options.otherTones[other]);
}

// After the others, so that a run whose input gets worse sees the same faces as one without.
void degrade(SampleDraw& draw, const Augmentation& augment, RandomSequence& random) {
    if (augment.blur > 0 && random.chance(augment.blur)) {
        draw.blur = {static_cast<float>(random.uniform(0, kMostBlur)),
                     static_cast<float>(random.uniform(0, kMostBlur))};
    }
    if (augment.noise > 0 && random.chance(augment.noise)) {
        draw.noise = static_cast<float>(random.uniform(0, kMostNoise));
        draw.noiseAt = random.below(kNoiseStarts);
    }
    if (augment.jpeg > 0 && random.chance(augment.jpeg)) {
        draw.quality =
            kLeastQuality + static_cast<int>(random.below(kMostQuality - kLeastQuality + 1));
    }
}

// Most of it is grey, as light is; a part has a tint, as skin, hair and make-up have. Weak ones are
// as frequent as strong ones, so that the plate's own light is still something to learn from.
void shade(SampleDraw& draw, double strength, RandomSequence& random) {
    constexpr double kTint = 0.35;
    const double amount = strength * random.uniform(0, 1);
    constexpr size_t kNodes = size_t{kShadeNodes} * kShadeNodes;
    for (size_t node = 0; node < kNodes; ++node) {
        const double grey = random.normal();
        for (size_t channel = 0; channel < 3; ++channel) {
            draw.shade[channel * kNodes + node] =
                static_cast<float>(amount * (grey + kTint * random.normal()));
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

ColorTransfer colorTransferOf(const std::string& name) {
    return name == "tones" ? ColorTransfer::tones
           : name == "lot" ? ColorTransfer::lot
           : name == "mix" ? ColorTransfer::mix
                           : ColorTransfer::none;
}

SampleDraw drawSample(const DrawOptions& options, const FaceTones& own, const RandomKey& key) {
    RandomSequence random(key);
    SampleDraw draw;
    place(draw, options, random);
    if (options.transfer != ColorTransfer::none && !options.otherTones.empty() &&
        random.chance(kTransferProbability)) {
        draw.transfer = transfer(options, own, random);
    }
    if (options.augment.color > 0) {
        jitter(draw, options.augment.color, random);
    }
    if (options.warpStrength > 0) {
        warp(draw, options.warpStrength, random);
    }
    degrade(draw, options.augment, random);
    if (options.augment.shade > 0) {
        shade(draw, options.augment.shade, random);
    }
    return draw;
}

}  // namespace understudy::training
