#include "training/engine/data/area_shrink.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "media/base/check.h"

namespace understudy::training {

AreaShrink::AreaShrink(int size, int target) : size_(size), target_(target) {
    US_CHECK(target > 0 && target <= size);
    const double step = static_cast<double>(size) / target;
    taps_.resize(static_cast<size_t>(target));
    for (int i = 0; i < target; ++i) {
        const double low = i * step, high = (i + 1) * step;
        Tap& tap = taps_[static_cast<size_t>(i)];
        tap.first = static_cast<int>(std::floor(low));
        const int last = std::min(size - 1, static_cast<int>(std::ceil(high)) - 1);
        for (int k = tap.first; k <= last; ++k) {
            const double covered = std::min<double>(high, k + 1) - std::max<double>(low, k);
            tap.weights.push_back(static_cast<float>(std::max(0.0, covered) / step));
        }
    }
}

void AreaShrink::apply(const float* pixels, int channels, float* planes) const {
    const size_t rowLength = static_cast<size_t>(size_) * static_cast<size_t>(channels);
    std::vector<float> row(rowLength);
    for (int y = 0; y < target_; ++y) {
        const Tap& down = taps_[static_cast<size_t>(y)];
        std::fill(row.begin(), row.end(), 0.0f);
        for (size_t k = 0; k < down.weights.size(); ++k) {
            const float weight = down.weights[k];
            const float* source = pixels + (static_cast<size_t>(down.first) + k) * rowLength;
            for (size_t i = 0; i < rowLength; ++i) {
                row[i] += weight * source[i];
            }
        }
        for (int x = 0; x < target_; ++x) {
            const Tap& across = taps_[static_cast<size_t>(x)];
            for (int c = 0; c < channels; ++c) {
                float sum = 0;
                for (size_t k = 0; k < across.weights.size(); ++k) {
                    sum += across.weights[k] * row[(static_cast<size_t>(across.first) + k) *
                                                       static_cast<size_t>(channels) +
                                                   static_cast<size_t>(c)];
                }
                planes[(static_cast<size_t>(c) * static_cast<size_t>(target_) +
                        static_cast<size_t>(y)) *
                           static_cast<size_t>(target_) +
                       static_cast<size_t>(x)] = sum;
            }
        }
    }
}

float halfToFloat(uint16_t bits) {
    const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
    const uint32_t exponent = bits >> 10 & 0x1F;
    const uint32_t fraction = bits & 0x3FF;
    if (exponent == 0) {
        const float value = static_cast<float>(fraction) * 0x1p-24f;
        return sign ? -value : value;
    }
    const uint32_t wide = exponent == 31 ? 0xFF : exponent + 112;
    return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

}  // namespace understudy::training
