#include "training/engine/data/host_input.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "media/base/check.h"
#include "media/base/wide.h"
#include "training/engine/data/degradation.h"
#include "training/engine/data/host_rows.h"

namespace understudy::training {

namespace {

constexpr int kColors = 3;
constexpr int kBlock = kCodecBlock;
constexpr float kLog2E = 1.44269504f;

// x * 2^exponent, as the bits of floats have it; for exponents of -126 to 127.
[[gnu::always_inline]] inline float scaledByPower(float x, int exponent) {
    return x * __builtin_bit_cast(float, (exponent + 127) << 23);
}

// Of y up to 127, within 3e-7 of the true one; what is tiny becomes 2^-126.
[[gnu::always_inline]] inline float exp2Of(float y) {
    const float low = y > -126 ? y : -126;
    const float whole = (low + 12582912.0f) - 12582912.0f;  // the nearest integer
    const float f = (low - whole) * 0.693147181f;
    const float value =
        1 + f * (1 + f * (1.0f / 2 +
                          f * (1.0f / 6 + f * (1.0f / 24 + f * (1.0f / 120 + f * (1.0f / 720))))));
    return scaledByPower(value, static_cast<int>(whole));
}

// Of x >= 0: by the exponent and a series of the inverse hyperbolic tangent; of 0, -127.
[[gnu::always_inline]] inline float log2Of(float x) {
    const int bits = __builtin_bit_cast(int, x);
    const int exponent = (bits - 0x3f3504f3) >> 23;  // mantissa within sqrt(1/2) and sqrt(2)
    const float m = __builtin_bit_cast(float, bits - (exponent << 23));
    const float s = (m - 1) / (m + 1), t = s * s;
    const float series =
        s * (2 + t * (2.0f / 3 + t * (2.0f / 5 + t * (2.0f / 7 + t * (2.0f / 9)))));
    return x > 0 ? static_cast<float>(exponent) + kLog2E * series : -127;
}

US_CLONES void raise(float gamma, float* values, int count) {
    for (int i = 0; i < count; ++i) {
        values[i] = exp2Of(gamma * log2Of(values[i]));
    }
}

[[gnu::always_inline]] inline float clamped(float value) {
    const float low = value > 0 ? value : 0;
    return low < 1 ? low : 1;
}

// values[i] *= e^logarithms[i].
US_CLONES void gain(const float* __restrict logarithms, float* __restrict values, int count) {
    for (int i = 0; i < count; ++i) {
        const float y = logarithms[i] * kLog2E;
        values[i] = clamped(values[i] * exp2Of(y < 127 ? y : 127));
    }
}

US_CLONES void addGrain(const float* __restrict grain, float strength, float* __restrict values,
                        int count) {
    for (int i = 0; i < count; ++i) {
        values[i] = clamped(values[i] + strength * grain[i]);
    }
}

// out[i] = sum of weights[k] * in[i + k].
US_CLONES void weigh(const float* __restrict in, const float* __restrict weights, int taps,
                     float* __restrict out, int count) {
    std::memset(out, 0, static_cast<size_t>(count) * sizeof(float));
    for (int k = 0; k < taps; ++k) {
        for (int i = 0; i < count; ++i) {
            out[i] += weights[k] * in[i + k];
        }
    }
}

// The weights of a Gaussian of this deviation, pixels, as far as a float tells them from 0 and the
// Degrader's reach.
std::vector<float> gaussian(float deviation, int most) {
    const int reach = std::min(most, static_cast<int>(std::ceil(6 * deviation)));
    std::vector<float> weights;
    float sum = 0;
    for (int k = -reach; k <= reach; ++k) {
        weights.push_back(std::exp(-static_cast<float>(k * k) / (2 * deviation * deviation)));
        sum += weights.back();
    }
    for (float& weight : weights) {
        weight /= sum;
    }
    return weights;
}

// The cosines of a block's transform, [frequency][place], orthonormal, and transposed.
struct Cosines {
    float rows[kBlock][kBlock];
    float columns[kBlock][kBlock];
};

const Cosines& cosines() {
    static const Cosines made = [] {
        Cosines all;
        for (int k = 0; k < kBlock; ++k) {
            for (int x = 0; x < kBlock; ++x) {
                all.rows[k][x] = all.columns[x][k] = static_cast<float>(codecCosine(k, x));
            }
        }
        return all;
    }();
    return made;
}

// Every eight values of a row through an 8x8 matrix: out[j] = sum of in[i] * matrix[i][j].
US_CLONES void transformAcross(const float (*matrix)[kBlock], float* row, int count) {
    for (int at = 0; at < count; at += kBlock) {
        float sums[kBlock] = {};
        for (int i = 0; i < kBlock; ++i) {
            const float value = row[at + i];
            for (int j = 0; j < kBlock; ++j) {
                sums[j] += value * matrix[i][j];
            }
        }
        std::memcpy(row + at, sums, sizeof sums);
    }
}

// To the nearest multiples of the steps, [8], again and again; halves to the even one.
US_CLONES void quantise(const float* __restrict steps, float* __restrict row, int count) {
    for (int at = 0; at < count; at += kBlock) {
        for (int j = 0; j < kBlock; ++j) {
            row[at + j] = ((row[at + j] / steps[j] + 12582912.0f) - 12582912.0f) * steps[j];
        }
    }
}

// Eight rows of a plane through the codec: down and across, to the steps, and back.
void codeBand(float* rows, int width, const float (*steps)[kBlock], std::vector<float>& scratch) {
    const Cosines& table = cosines();
    const size_t bytes = static_cast<size_t>(width) * kBlock * sizeof(float);
    scratch.resize(static_cast<size_t>(width) * kBlock);
    const auto down = [&](const float(*matrix)[kBlock], const float* in, float* out) {
        std::memset(out, 0, bytes);
        for (int k = 0; k < kBlock; ++k) {
            for (int y = 0; y < kBlock; ++y) {
                addScaled(in + y * width, matrix[k][y], out + k * width, width);
            }
        }
    };
    down(table.rows, rows, scratch.data());
    for (int k = 0; k < kBlock; ++k) {
        float* const row = scratch.data() + k * width;
        transformAcross(table.columns, row, width);
        quantise(steps[k], row, width);
        transformAcross(table.rows, row, width);
    }
    down(table.columns, scratch.data(), rows);
}

void codePlane(float* plane, int size, const std::array<int, 64>& table,
               std::vector<float>& scratch) {
    float steps[kBlock][kBlock];
    for (int i = 0; i < kBlock * kBlock; ++i) {
        steps[i / kBlock][i % kBlock] = static_cast<float>(table[static_cast<size_t>(i)]);
    }
    for (int y = 0; y < size; y += kBlock) {
        codeBand(plane + static_cast<ptrdiff_t>(y) * size, size, steps, scratch);
    }
}

// Means of two by two.
US_CLONES void halve(const float* __restrict upper, const float* __restrict lower,
                     float* __restrict out, int count) {
    for (int i = 0; i < count; ++i) {
        out[i] = (upper[2 * i] + upper[2 * i + 1] + lower[2 * i] + lower[2 * i + 1]) / 4;
    }
}

// R, G, B of 0 to 1 to Y - 128, Cb, Cr of 255, in place.
US_CLONES void toYcc(float* __restrict r, float* __restrict g, float* __restrict b, int count) {
    const float* const m = kCodecFromRgb;
    for (int i = 0; i < count; ++i) {
        const float red = 255 * r[i], green = 255 * g[i], blue = 255 * b[i];
        r[i] = m[0] * red + m[1] * green + m[2] * blue - 128;
        g[i] = m[3] * red + m[4] * green + m[5] * blue;
        b[i] = m[6] * red + m[7] * green + m[8] * blue;
    }
}

// Each value twice.
US_CLONES void spread(const float* __restrict in, float* __restrict out, int count) {
    for (int i = 0; i < count; ++i) {
        out[2 * i] = out[2 * i + 1] = in[i];
    }
}

// Back, in place.
US_CLONES void toRgb(float* __restrict r, float* __restrict g, float* __restrict b, int count) {
    const float* const m = kCodecToRgb;
    for (int i = 0; i < count; ++i) {
        const float light = (r[i] + 128) / 255, blue = g[i] / 255, red = b[i] / 255;
        r[i] = clamped(m[0] * light + m[1] * blue + m[2] * red);
        g[i] = clamped(m[3] * light + m[4] * blue + m[5] * red);
        b[i] = clamped(m[6] * light + m[7] * blue + m[8] * red);
    }
}

}  // namespace

HostInput::HostInput(int resolution) : resolution_(resolution) {
    US_CHECK(resolution % (2 * kBlock) == 0);
    for (int node = 0; node < kShadeNodes; ++node) {
        for (int i = 0; i < resolution; ++i) {
            shadeRise_.push_back(shadeWeight(node, i, resolution));
        }
    }
}

void HostInput::apply(const SampleDraw& draw, float* planes) const {
    const int plane = resolution_ * resolution_;
    if (draw.gamma != 1) {
        raise(draw.gamma, planes, kColors * plane);
    }
    if (draw.jitter != kSameColor) {
        recolorRow(draw.jitter.data(), planes, planes + plane, planes + 2 * plane, plane);
    }
    if (isShaded(draw)) {
        shade(draw, planes);
    }
    if (draw.blur != SampleDraw{}.blur) {
        blur(draw, planes);
    }
    if (draw.noise > 0) {
        grain(draw, planes);
    }
    if (draw.quality > 0) {
        compress(draw.quality, planes);
    }
}

void HostInput::shade(const SampleDraw& draw, float* planes) const {
    const auto width = static_cast<size_t>(resolution_);
    std::vector<float> logarithms(width);
    for (int c = 0; c < kColors; ++c) {
        const float* const nodes = draw.shade.data() + c * kShadeNodes * kShadeNodes;
        for (size_t y = 0; y < width; ++y) {
            std::fill(logarithms.begin(), logarithms.end(), 0.0f);
            for (int column = 0; column < kShadeNodes; ++column) {
                float value = 0;
                for (int row = 0; row < kShadeNodes; ++row) {
                    value += shadeRise_[static_cast<size_t>(row) * width + y] *
                             nodes[row * kShadeNodes + column];
                }
                addScaled(shadeRise_.data() + static_cast<size_t>(column) * width, value,
                          logarithms.data(), resolution_);
            }
            gain(logarithms.data(), planes + (static_cast<size_t>(c) * width + y) * width,
                 resolution_);
        }
    }
}

// Across, then down; the border's pixels go on beyond it.
void HostInput::blur(const SampleDraw& draw, float* planes) const {
    const int size = resolution_, most = blurReach(size);
    const auto width = static_cast<size_t>(size);
    const auto weightsOf = [&](float fraction) {
        return gaussian(std::max(fraction * static_cast<float>(size), kSharpestBlur), most);
    };
    const std::vector<float> across = weightsOf(draw.blur[0]), down = weightsOf(draw.blur[1]);
    const auto taps = static_cast<int>(across.size()), reach = taps / 2;
    std::vector<float> wider(width + across.size()), blurred(width * width);
    for (int c = 0; c < kColors; ++c) {
        float* const plane = planes + static_cast<size_t>(c) * width * width;
        for (int y = 0; y < size; ++y) {
            const float* const row = plane + static_cast<size_t>(y) * width;
            std::fill_n(wider.begin(), reach, row[0]);
            std::copy_n(row, width, wider.begin() + reach);
            std::fill_n(wider.begin() + reach + size, reach, row[size - 1]);
            weigh(wider.data(), across.data(), taps,
                  blurred.data() + static_cast<size_t>(y) * width, size);
        }
        std::fill_n(plane, width * width, 0.0f);
        const auto half = static_cast<int>(down.size()) / 2;
        for (int y = 0; y < size; ++y) {
            for (int k = -half; k <= half; ++k) {
                const auto from = static_cast<size_t>(std::clamp(y + k, 0, size - 1));
                addScaled(blurred.data() + from * width, down[static_cast<size_t>(k + half)],
                          plane + static_cast<size_t>(y) * width, size);
            }
        }
    }
}

// The grain of a sample is a stretch of the table: the same for any number of ranks.
void HostInput::grain(const SampleDraw& draw, float* planes) const {
    const int count = kColors * resolution_ * resolution_;
    std::call_once(grainMade_, [&] { grain_ = grainTable(int64_t{count} + kNoiseStarts); });
    addGrain(grain_.data() + draw.noiseAt, draw.noise, planes, count);
}

// Luminance at full, colour at half the resolution, as cameras and movies do.
void HostInput::compress(int quality, float* planes) const {
    const int size = resolution_, half = size / 2, plane = size * size;
    const auto tables = quantisation(quality);
    std::vector<float> scratch, small(static_cast<size_t>(half) * half * 2);
    toYcc(planes, planes + plane, planes + 2 * plane, plane);
    codePlane(planes, size, tables[0], scratch);
    for (int c = 0; c < 2; ++c) {
        const float* const full = planes + (1 + c) * plane;
        float* const halved = small.data() + static_cast<ptrdiff_t>(c) * half * half;
        for (int y = 0; y < half; ++y) {
            const float* const upper = full + static_cast<ptrdiff_t>(2 * y) * size;
            halve(upper, upper + size, halved + static_cast<ptrdiff_t>(y) * half, half);
        }
        codePlane(halved, half, tables[1], scratch);
    }
    for (int c = 0; c < 2; ++c) {
        for (int y = 0; y < size; ++y) {
            spread(small.data() + (static_cast<ptrdiff_t>(c) * half + y / 2) * half,
                   planes + (1 + c) * plane + static_cast<ptrdiff_t>(y) * size, half);
        }
    }
    toRgb(planes, planes + plane, planes + 2 * plane, plane);
}

}  // namespace understudy::training
