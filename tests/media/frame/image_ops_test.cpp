#include "media/frame/image_ops.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace understudy::media;

namespace {

// 1 2 3
// 4 5 6
Image sixNumbers() {
    Image image(3, 2, 1, SampleType::u8);
    for (int i = 0; i < 6; ++i) {
        image.row<uint8_t>(i / 3)[i % 3] = static_cast<uint8_t>(i + 1);
    }
    return image;
}

std::string numbers(const Image& image) {
    std::string text;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            text += std::to_string(image.row<uint8_t>(y)[x]);
        }
        text += y + 1 < image.height() ? "/" : "";
    }
    return text;
}

}  // namespace

TEST_CASE("pictures are turned as their orientation says") {
    const Image image = sixNumbers();
    CHECK(numbers(orient(image, 1)) == "123/456");
    CHECK(numbers(orient(image, 2)) == "321/654");
    CHECK(numbers(orient(image, 3)) == "654/321");
    CHECK(numbers(orient(image, 4)) == "456/123");
    CHECK(numbers(orient(image, 5)) == "14/25/36");
    CHECK(numbers(orient(image, 6)) == "41/52/63");
    CHECK(numbers(orient(image, 7)) == "63/52/41");
    CHECK(numbers(orient(image, 8)) == "36/25/14");
}

TEST_CASE("crop and channels") {
    CHECK(numbers(crop(sixNumbers(), 1, 0, 2, 2)) == "23/56");
    const Image colour = convertChannels(sixNumbers(), 4);
    CHECK(colour.row<uint8_t>(1)[4] == 5);
    CHECK(colour.row<uint8_t>(1)[6] == 5);
    CHECK(colour.row<uint8_t>(1)[7] == 255);
    CHECK(numbers(convertChannels(colour, 1)) == "123/456");
    const Image half = convertChannels(convertType(sixNumbers(), SampleType::f16), 4);
    CHECK(toFloat(half).row<float>(0)[3] == 1.0F);
}

TEST_CASE("shrinking by area keeps the mean, also at odd ratios") {
    Image image(7, 5, 3, SampleType::f32);
    double sum = 0;
    for (int y = 0; y < 5; ++y) {
        for (int i = 0; i < 21; ++i) {
            image.row<float>(y)[i] = static_cast<float>((y * 37 + i * 11) % 17) / 17.0F;
            sum += image.row<float>(y)[i];
        }
    }
    const Image small = shrinkByArea(image, 3, 2);
    double smallSum = 0;
    for (int y = 0; y < 2; ++y) {
        for (int i = 0; i < 9; ++i) {
            smallSum += small.row<float>(y)[i];
        }
    }
    CHECK(smallSum / (3 * 2 * 3) == Approx(sum / (7 * 5 * 3)).epsilon(1e-5));
    CHECK(numbers(shrinkByArea(sixNumbers(), 1, 1)) == "4");  // 3.5, up
}

TEST_CASE("Gaussian blur has the variance it is asked for") {
    Image image(41, 41, 1, SampleType::f32);
    image.row<float>(20)[20] = 1;
    const Image blurred = gaussianBlur(image, 2.5, Border::zero);
    double mass = 0;
    double variance = 0;
    for (int y = 0; y < 41; ++y) {
        for (int x = 0; x < 41; ++x) {
            mass += blurred.row<float>(y)[x];
            variance += blurred.row<float>(y)[x] * (x - 20.0) * (x - 20.0);
        }
    }
    CHECK(mass == Approx(1).epsilon(1e-4));
    CHECK(std::sqrt(variance) == Approx(2.5).epsilon(0.03));

    const Image flat = gaussianBlur(convertType(sixNumbers(), SampleType::f32), 30);
    CHECK(flat.row<float>(0)[0] == Approx(flat.row<float>(1)[2]).epsilon(0.1));
}
