#include "training/engine/data/degradation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "media/base/philox.h"
#include "training/engine/data/sample_draw.h"

namespace understudy::training {

namespace {

constexpr double kDeviations = 3;  // that a blur reaches

using Table = std::array<int, kCodecBlockPixels>;

constexpr Table kLuminance = {16,  11,  10,  16,  24, 40, 51,  61,  12,  12,  14,  19,  26,
                              58,  60,  55,  14,  13, 16, 24,  40,  57,  69,  56,  14,  17,
                              22,  29,  51,  87,  80, 62, 18,  22,  37,  56,  68,  109, 103,
                              77,  24,  35,  55,  64, 81, 104, 113, 92,  49,  64,  78,  87,
                              103, 121, 120, 101, 72, 92, 95,  98,  112, 100, 103, 99};

constexpr Table kColor = {17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
                          24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
                          99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                          99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

}  // namespace

std::array<std::array<int, kCodecBlockPixels>, 2> quantisation(int quality) {
    const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    std::array<Table, 2> tables = {kLuminance, kColor};
    for (Table& table : tables) {
        for (int& step : table) {
            step = std::clamp((step * scale + 50) / 100, 1, 255);
        }
    }
    return tables;
}

double codecCosine(int k, int x) {
    return std::sqrt((k == 0 ? 1.0 : 2.0) / kCodecBlock) *
           std::cos((2 * x + 1) * k * std::numbers::pi / (2 * kCodecBlock));
}

int blurReach(int64_t resolution) {
    return static_cast<int>(std::ceil(kDeviations * kMostBlur * static_cast<double>(resolution)));
}

std::vector<float> grainTable(int64_t count) {
    std::vector<float> values(static_cast<size_t>(count));
    RandomSequence random({.stream = RandomStream::grain});
    for (float& value : values) {
        value = static_cast<float>(random.normal());
    }
    return values;
}

}  // namespace understudy::training
