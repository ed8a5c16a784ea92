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
    const Image agreed = training::weightOfAgreement(face, plate, weight);
    CHECK(agreed.row<float>(28)[10] < 0.1f * agreed.row<float>(5)[10]);
    for (const ColorMatch mode : {ColorMatch::mean, ColorMatch::linear}) {
        Image matched = face;
        matchColors(measureColors(face, agreed), measureColors(plate, agreed), mode).apply(matched);
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

TEST_CASE("where nothing disagrees, everything counts") {
    const Image weight = tests::constantImage(32, 1);
    const Image face = noise(5, {0.4, 0.4, 0.4}, {0.05, 0.05, 0.05});
    const Image agreed = training::weightOfAgreement(face, face, weight);
    for (int y = 0; y < 32; ++y) {
        for (int x = 0; x < 32; ++x) {
            CHECK(agreed.row<float>(y)[x] == Approx(weight.row<float>(y)[x]).epsilon(1e-3));
        }
    }
}
