#include "training/engine/data/grow_mask.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace understudy::training;

namespace {

constexpr int kSide = 60;

std::vector<float> disk(double radius) {
    std::vector<float> mask(kSide * kSide);
    for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x) {
            mask[static_cast<size_t>(y * kSide + x)] =
                std::hypot(x - 29.5, y - 29.5) < radius ? 1 : 0;
        }
    }
    return mask;
}

}  // namespace

TEST_CASE("a mask grows by a distance around the jaw and not beside the eyes") {
    const std::vector<float> before = disk(15);
    std::vector<float> after = before;
    growMask(after.data(), kSide, 5);
    for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x) {
            const auto i = static_cast<size_t>(y * kSide + x);
            const double away = std::hypot(x - 29.5, y - 29.5) - 15;
            INFO(x << "," << y);
            CHECK(after[i] >= before[i]);
            if (y < 24) {
                CHECK(after[i] == before[i]);
            } else if (y >= 36) {
                CHECK((away > 3.9 || after[i] == 1));
                CHECK((away < 6.1 || after[i] == 0));
            }
        }
    }
}

TEST_CASE("nothing grows by nothing, from nothing, or out of the picture") {
    std::vector<float> mask = disk(10);
    const std::vector<float> same = mask;
    growMask(mask.data(), kSide, 0);
    CHECK(mask == same);
    std::vector<float> empty(kSide * kSide);
    growMask(empty.data(), kSide, 9);
    CHECK(empty == std::vector<float>(kSide * kSide));
    std::vector<float> full(kSide * kSide, 1);
    growMask(full.data(), kSide, 9);
    CHECK(full == std::vector<float>(kSide * kSide, 1));
}
