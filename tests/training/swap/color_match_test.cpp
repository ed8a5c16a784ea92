#include "training/swap/color_match.h"

#include <catch2/catch.hpp>

#include "media/base/philox.h"
#include "tests/training/swap/made_face.h"

using namespace understudy;
using media::Image;
using training::ColorMatch;
using training::ColorMoments;
using training::measureColors;

namespace {

Image noise(uint64_t seed, std::array<double, 3> mean, std::array<double, 3> spread) {
    Image image(32, 32, 3, media::SampleType::f32);
    RandomSequence random({.seed = seed});
    for (int y = 0; y < 32; ++y) {
        for (int x = 0; x < 32; ++x) {
            const double common = random.normal();
            for (int c = 0; c < 3; ++c) {
                image.row<float>(y)[3 * x + c] = static_cast<float>(
                    mean[c] + spread[c] * (0.8 * common + 0.6 * random.normal()));
            }
        }
    }
    return image;
}

}  // namespace

TEST_CASE("colour match gives a face the plate's mean and covariance") {
    const Image weight = tests::constantImage(32, 1);
    Image face = noise(1, {0.3, 0.35, 0.4}, {0.08, 0.07, 0.06});
    const Image plate = noise(2, {0.6, 0.5, 0.4}, {0.1, 0.06, 0.08});
    const ColorMoments from = measureColors(face, weight);
    const ColorMoments to = measureColors(plate, weight);

    Image moved = face;
    matchColors(from, to, ColorMatch::mean).apply(moved);
    const ColorMoments mean = measureColors(moved, weight);
    for (int c = 0; c < 3; ++c) {
        CHECK(mean.mean()[c] == Approx(to.mean()[c]).margin(1e-4));
        CHECK(mean.covariance()[4 * c] == Approx(from.covariance()[4 * c]).margin(1e-4));
    }

    matchColors(from, to, ColorMatch::linear).apply(face);
    const ColorMoments linear = measureColors(face, weight);
    for (int c = 0; c < 3; ++c) {
        CHECK(linear.mean()[c] == Approx(to.mean()[c]).margin(1e-4));
    }
    for (int i = 0; i < 9; ++i) {
        CHECK(linear.covariance()[i] == Approx(to.covariance()[i]).margin(2e-4));
    }
}

TEST_CASE("colour match of equal faces changes nothing, and of none neither") {
    const Image weight = tests::constantImage(32, 1);
    const Image face = noise(5, {0.4, 0.4, 0.4}, {0.1, 0.1, 0.1});
    const ColorMoments moments = measureColors(face, weight);
    for (const ColorMatch mode : {ColorMatch::none, ColorMatch::mean, ColorMatch::linear}) {
        Image same = face;
        matchColors(moments, moments, mode).apply(same);
        CHECK(same.row<float>(7)[20] == Approx(face.row<float>(7)[20]).margin(1e-4));
        Image untouched = face;
        matchColors(moments, ColorMoments(), mode).apply(untouched);
        CHECK(untouched.row<float>(7)[20] == face.row<float>(7)[20]);
    }
}

TEST_CASE("colour match does not blow up a face of one tone") {
    const Image weight = tests::constantImage(32, 1);
    const ColorMoments flat =
        measureColors(noise(1, {0.5, 0.5, 0.5}, {0.001, 0.001, 0.001}), weight);
    const ColorMoments rich = measureColors(noise(2, {0.5, 0.5, 0.5}, {0.2, 0.2, 0.2}), weight);
    const training::ColorMap map = matchColors(flat, rich, ColorMatch::linear);
    double trace = 0;
    for (int c = 0; c < 3; ++c) {
        trace += map.matrix[4 * c];
    }
    CHECK(trace <= 3 * 1.8 + 1e-9);
}

TEST_CASE("a beard that only the plate has does not darken the new face") {
    // Skin of both alike but for exposure; a third of the plate is beard.
    const Image weight = tests::constantImage(32, 1);
    const Image face = noise(1, {0.4, 0.3, 0.25}, {0.03, 0.03, 0.03});
    Image plate = noise(2, {0.6, 0.45, 0.375}, {0.03, 0.03, 0.03});
    for (int y = 21; y < 32; ++y) {
        for (int x = 0; x < 32; ++x) {
            for (int c = 0; c < 3; ++c) {
                plate.row<float>(y)[3 * x + c] = 0.15f;
            }
        }
    }
    const training::AgreedColors agreed = training::agreeColors(face, plate, weight);
    CHECK(agreed.weight.row<float>(28)[10] < 0.1f * agreed.weight.row<float>(5)[10]);
    for (const ColorMatch mode : {ColorMatch::mean, ColorMatch::linear}) {
        Image matched = face;
        matchColors(agreed.colors, mode).apply(matched);
        const auto mean = measureColors(matched, weight).mean();
        CHECK(mean[0] == Approx(0.6).margin(0.02));
        CHECK(mean[2] == Approx(0.375).margin(0.02));
        // As before, the beard counts: the face would have come out darker.
        Image darkened = face;
        matchColors(measureColors(face, weight), measureColors(plate, weight), mode)
            .apply(darkened);
        CHECK(measureColors(darkened, weight).mean()[0] < 0.5);
    }
}

TEST_CASE("a beard is no contrast, whoever has it") {
    // Light falls from the side on both, half as strong on the one with the beard's tones; the
    // beard covers what the weights cannot part from shadow.
    const Image weight = tests::constantImage(32, 1);
    Image shaven = noise(1, {0, 0, 0}, {0.004, 0.004, 0.004});
    Image bearded = noise(2, {0, 0, 0}, {0.004, 0.004, 0.004});
    for (int y = 0; y < 32; ++y) {
        for (int x = 0; x < 32; ++x) {
            for (int c = 0; c < 3; ++c) {
                const float light = static_cast<float>(x - 15.5) / 32;
                const float beard = y > 17 ? 0.11f * static_cast<float>((x * 7 + y * 13) % 5) : 0;
                shaven.row<float>(y)[3 * x + c] += 0.5f + 0.3f * light;
                bearded.row<float>(y)[3 * x + c] += 0.6f + 0.3f * light - beard;
            }
        }
    }
    // How much the light's contrast of the one would be changed for the other: not at all.
    const auto contrastOf = [](const training::ColorMap& map) {
        return map.matrix[0] + map.matrix[1] + map.matrix[2];
    };
    const auto plain = [&](const Image& from, const Image& to) {
        return contrastOf(matchColors(measureColors(from, weight), measureColors(to, weight),
                                      ColorMatch::linear));
    };
    const auto agreed = [&](const Image& from, const Image& to) {
        return contrastOf(
            matchColors(training::agreeColors(from, to, weight).colors, ColorMatch::linear));
    };
    CHECK(plain(shaven, bearded) > 1.3);
    CHECK(agreed(shaven, bearded) == Approx(1).margin(0.06));
    CHECK(plain(bearded, shaven) < 0.75);
    CHECK(agreed(bearded, shaven) == Approx(1).margin(0.06));
}

TEST_CASE("where nothing disagrees, everything counts") {
    const Image weight = tests::constantImage(32, 1);
    const Image face = noise(5, {0.4, 0.4, 0.4}, {0.05, 0.05, 0.05});
    const training::AgreedColors agreed = training::agreeColors(face, face, weight);
    for (int y = 0; y < 32; ++y) {
        for (int x = 0; x < 32; ++x) {
            CHECK(agreed.weight.row<float>(y)[x] == Approx(weight.row<float>(y)[x]).epsilon(1e-3));
        }
    }
}

TEST_CASE("a large picture agrees as the small one does that it is made of") {
    const auto enlarged = [](const Image& image, int times) {
        Image large(times * image.width(), times * image.height(), image.channels(),
                    media::SampleType::f32);
        for (int y = 0; y < large.height(); ++y) {
            for (int x = 0; x < large.width(); ++x) {
                std::copy_n(image.row<float>(y / times) + x / times * image.channels(),
                            image.channels(), large.row<float>(y) + x * image.channels());
            }
        }
        return large;
    };
    const Image weight = tests::constantImage(32, 1);
    const Image face = noise(1, {0.4, 0.3, 0.25}, {0.03, 0.03, 0.03});
    Image plate = noise(2, {0.6, 0.45, 0.375}, {0.03, 0.03, 0.03});
    std::fill(plate.row<float>(21), plate.row<float>(31) + 3 * 32, 0.15f);
    const auto few = training::agreeColors(face, plate, weight);
    // 9 of each pixel, and 256 of which not all are looked at each time.
    for (const int times : {3, 16}) {
        const auto many = training::agreeColors(enlarged(face, times), enlarged(plate, times),
                                                enlarged(weight, times));
        CHECK(many.weight.width() == 32 * times);
        CHECK(many.weight.row<float>(28 * times)[10 * times] ==
              Approx(few.weight.row<float>(28)[10]).margin(1e-3));
        const training::ColorMap a = matchColors(few.colors, ColorMatch::linear);
        const training::ColorMap b = matchColors(many.colors, ColorMatch::linear);
        for (size_t i = 0; i < a.matrix.size(); ++i) {
            CHECK(b.matrix[i] == Approx(a.matrix[i]).margin(1e-3));
        }
    }
}
