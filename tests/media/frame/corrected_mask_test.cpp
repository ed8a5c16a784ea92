#include "media/frame/corrected_mask.h"

#include <catch2/catch.hpp>

using namespace understudy;
using namespace understudy::media;

namespace {

constexpr int kWidth = 160;
constexpr int kHeight = 120;

// What lies within [x, x + 30) x [y, y + 30) has this level.
MaskCorrection square(int x, int y, uint8_t level) {
    std::vector<uint8_t> levels(kWidth * kHeight, MaskCorrection::kLeave);
    for (int row = y; row < y + 30; ++row) {
        std::fill_n(levels.begin() + row * kWidth + x, 30, level);
    }
    return MaskCorrection::fromLevels(kWidth, kHeight, levels);
}

int at(const Image& over, int x, int y, int channel) {
    return over.row<uint8_t>(y)[2 * x + channel];
}

}  // namespace

TEST_CASE("a correction lies over a crop where it lay over the plate") {
    const MaskCorrection black = square(60, 40, 0);
    const MaskCorrection white = square(60, 40, 255);
    // Turned by a quarter and twice as large, about the square's middle.
    const Affine crop{0, -2, 100 + 110, 2, 0, 100 - 150};
    for (const auto& [correction, channel] : {std::pair{&white, 0}, std::pair{&black, 1}}) {
        const Image over = correctionOver(*correction, kWidth, kHeight, crop, 200, 200);
        CHECK(at(over, 100, 100, channel) == 255);
        CHECK(at(over, 74, 126, channel) == 255);
        CHECK(at(over, 66, 100, channel) == 0);
        CHECK(at(over, 100, 134, channel) == 0);
        CHECK(at(over, 0, 0, channel) == 0);
        // Resampling rings, but not into the other direction.
        int other = 0;
        for (int y = 0; y < 200; ++y) {
            for (int x = 0; x < 200; ++x) {
                other += at(over, x, y, 1 - channel);
            }
        }
        CHECK(other == 0);
    }
}

TEST_CASE("a correction fits a proxy of the plate, and ends at its edge only there") {
    // Of the plate at half its size.
    const Affine half{0.5, 0, 0, 0, 0.5, 0};
    const Image same = correctionOver(square(60, 40, 0), kWidth, kHeight, half, 80, 60);
    const Image proxy = correctionOver(square(60, 40, 0), kWidth / 2, kHeight / 2, {}, 80, 60);
    CHECK(std::equal(same.row<uint8_t>(0), same.row<uint8_t>(0) + same.size(),
                     proxy.row<uint8_t>(0)));
    CHECK(at(proxy, 37, 27, 1) == 255);
    // Painted up to the edge: what a crop shows beyond it goes on.
    const Affine moved{1, 0, 20, 0, 1, 0};
    const Image edge = correctionOver(square(0, 40, 0), kWidth, kHeight, moved, 100, 100);
    CHECK(at(edge, 5, 55, 1) == 255);
    const Image inner = correctionOver(square(1, 40, 0), kWidth, kHeight, moved, 100, 100);
    CHECK(at(inner, 5, 55, 1) == 0);
}

TEST_CASE("what is removed is gone, what is added is there, the rest stays") {
    std::vector<uint8_t> mask(kWidth * kHeight, 100);
    const auto middle = static_cast<size_t>(55 * kWidth + 75);
    correctMask(mask, correctionOver(square(60, 40, 0), kWidth, kHeight, {}, kWidth, kHeight));
    CHECK(mask[middle] == 0);
    CHECK(mask[0] == 100);
    correctMask(mask, correctionOver(square(60, 40, 255), kWidth, kHeight, {}, kWidth, kHeight));
    CHECK(mask[middle] == 255);
    correctMask(mask, correctionOver(square(60, 40, 64), kWidth, kHeight, {}, kWidth, kHeight));
    CHECK(mask[middle] == 127);
    CHECK(mask[0] == 100);
    const std::vector<uint8_t> none(kWidth * kHeight, MaskCorrection::kLeave);
    correctMask(mask, correctionOver(MaskCorrection::fromLevels(kWidth, kHeight, none), kWidth,
                                     kHeight, {}, kWidth, kHeight));
    CHECK(mask[middle] == 127);
}
