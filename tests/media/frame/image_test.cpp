#include "media/frame/image.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "media/frame/half.h"

using namespace understudy::media;

TEST_CASE("every half survives the way through float") {
    for (uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto half = static_cast<uint16_t>(bits);
        const float value = floatFromHalf(half);
        if (std::isnan(value)) {
            CHECK(std::isnan(floatFromHalf(halfFromFloat(value))));
        } else if (halfFromFloat(value) != half) {
            FAIL("half " << bits << " became " << halfFromFloat(value));
        }
    }
}

TEST_CASE("halves round to nearest, ties to even") {
    CHECK(floatFromHalf(0x3c00) == 1.0F);
    CHECK(floatFromHalf(0x0001) == 0x1p-24F);
    CHECK(halfFromFloat(1.0F + 0x1p-11F) == 0x3c00);             // a tie, down to even
    CHECK(halfFromFloat(1.0F + 0x1p-10F + 0x1p-11F) == 0x3c02);  // a tie, up to even
    CHECK(halfFromFloat(1.0F + 0x1.8p-11F) == 0x3c01);
    CHECK(halfFromFloat(65504.0F) == 0x7bff);
    CHECK(halfFromFloat(65519.0F) == 0x7bff);
    CHECK(halfFromFloat(65520.0F) == 0x7c00);
    CHECK(halfFromFloat(0x1p-25F) == 0);  // a tie, down to even
    CHECK(halfFromFloat(-0.0F) == 0x8000);
    CHECK(halfFromFloat(0x1.ffcp-15F) == halfFromFloat(0x1.ffcp-15F));
    CHECK(floatFromHalf(halfFromFloat(-0.25F)) == -0.25F);
}

TEST_CASE("integers come back from float exactly") {
    Image eight(256, 1, 1, SampleType::u8);
    Image sixteen(65536, 1, 1, SampleType::u16);
    for (int i = 0; i < 256; ++i) {
        eight.row<uint8_t>(0)[i] = static_cast<uint8_t>(i);
    }
    for (int i = 0; i < 65536; ++i) {
        sixteen.row<uint16_t>(0)[i] = static_cast<uint16_t>(i);
    }
    const Image eightAgain = fromFloat(toFloat(eight), SampleType::u8);
    const Image sixteenAgain = fromFloat(toFloat(sixteen), SampleType::u16);
    CHECK(std::equal(eight.data(), eight.data() + eight.size(), eightAgain.data()));
    CHECK(std::equal(sixteen.data(), sixteen.data() + sixteen.size(), sixteenAgain.data()));
    CHECK(toFloat(eight).row<float>(0)[255] == 1.0F);
}

TEST_CASE("what does not fit an integer is clamped, a bright half stays finite") {
    Image in(4, 1, 1, SampleType::f32);
    float* row = in.row<float>(0);
    row[0] = -3;
    row[1] = 1e9F;
    row[2] = std::numeric_limits<float>::quiet_NaN();
    row[3] = 0.5F;
    const Image eight = fromFloat(in, SampleType::u8);
    CHECK(eight.row<uint8_t>(0)[0] == 0);
    CHECK(eight.row<uint8_t>(0)[1] == 255);
    CHECK(eight.row<uint8_t>(0)[2] == 0);
    CHECK(eight.row<uint8_t>(0)[3] == 128);
    const Image half = fromFloat(in, SampleType::f16);
    CHECK(toFloat(half).row<float>(0)[0] == -3.0F);
    CHECK(toFloat(half).row<float>(0)[1] == kHalfMax);
}
