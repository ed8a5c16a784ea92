#include "media/truth/picture_difference.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace understudy::media;

namespace {

constexpr int kSide = 32;

Image pattern(int channels, int phase = 0) {
    Image image(kSide, kSide, channels, SampleType::u8);
    for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide * channels; ++x) {
            image.row<uint8_t>(y)[x] =
                static_cast<uint8_t>(120 + 60 * std::sin(0.35 * x + phase) * std::cos(0.6 * y));
        }
    }
    return image;
}

// 255 in the middle, 0 outside.
Image middle() {
    Image mask(kSide, kSide, 1, SampleType::u8);
    for (int y = 8; y < 24; ++y) {
        std::fill_n(mask.row<uint8_t>(y) + 8, 16, uint8_t{255});
    }
    return mask;
}

template <class Change>
Image changed(Image image, Change change) {
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width() * image.channels(); ++x) {
            uint8_t& value = image.row<uint8_t>(y)[x];
            value = static_cast<uint8_t>(change(value, x, y));
        }
    }
    return image;
}

}  // namespace

TEST_CASE("a difference of five is 34.15 dB, wherever the mask looks and nowhere else") {
    const Image a = pattern(3), mask = middle();
    const Image b = changed(a, [](int v, int, int) { return v + 5; });
    CHECK(psnrOf(squaredError(a, b, mask)) == Approx(20 * std::log10(255.0 / 5)).epsilon(1e-9));
    CHECK(squaredError(a, b, mask).weight == 16 * 16 * 3);
    const Image outside =
        changed(a, [](int v, int x, int y) { return x < 24 || y < 8 ? v / 2 : v; });
    CHECK(squaredError(a, outside, mask).sum == 0);
    CHECK(psnrOf(squaredError(a, a, mask)) == 99);
    // A mask at half its strength counts half, and means the same.
    const Image half = changed(mask, [](int v, int, int) { return v / 2; });
    CHECK(psnrOf(squaredError(a, b, half)) == Approx(psnrOf(squaredError(a, b, mask))));
    CHECK(squaredError(a, b, half).weight < 0.51 * squaredError(a, b, mask).weight);
}

TEST_CASE("recolouring finds gain and offset of each channel, and changes only the face") {
    const Image plate = pattern(3), mask = middle();
    const Image truth = changed(plate, [](int v, int x, int) {
        return x % 3 == 0 ? v * 0.5 + 60 : x % 3 == 1 ? v * 0.9 : 200 - v * 0.3;
    });
    const Image fitted = recolored(plate, truth, mask);
    CHECK(psnrOf(squaredError(fitted, truth, mask)) > 50);  // rounding alone is left
    CHECK(fitted.row<uint8_t>(2)[9] == plate.row<uint8_t>(2)[9]);
    // Where nothing fits, the mean is the best.
    const Image unlike = pattern(3, 2);
    CHECK(psnrOf(squaredError(recolored(plate, unlike, mask), unlike, mask)) >=
          psnrOf(squaredError(plate, unlike, mask)));
}

TEST_CASE("structural similarity is 1 for equals, near 1 for brighter ones, low for others") {
    const Image a = pattern(3), mask = middle();
    CHECK(structuralSimilarity(a, a, mask).mean() == Approx(1));
    const double brighter =
        structuralSimilarity(a, changed(a, [](int v, int, int) { return v + 10; }), mask).mean();
    CHECK(brighter > 0.98);
    CHECK(brighter < 1);
    CHECK(structuralSimilarity(a, pattern(3, 2), mask).mean() < 0.5);
    // By hand: constant pictures, where only the means' term is left.
    const Image dark = changed(a, [](int, int, int) { return 100; });
    const Image light = changed(a, [](int, int, int) { return 150; });
    const double c1 = 0.01 * 255 * 0.01 * 255;
    CHECK(structuralSimilarity(dark, light, mask).mean() ==
          Approx((2 * 100.0 * 150 + c1) / (100.0 * 100 + 150.0 * 150 + c1)).epsilon(1e-3));
}
