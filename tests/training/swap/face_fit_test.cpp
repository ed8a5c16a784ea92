// Eyes onto eyes: a shift and a scale that are the same in all frames are found from the pictures,
// whatever the tones and the softness; where nothing agrees, nothing is moved.
#include "training/swap/face_fit.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "media/base/philox.h"
#include "media/frame/resample.h"
#include "tests/training/swap/made_face.h"
#include "training/swap/image_ops.h"

using namespace understudy;
using namespace understudy::tests;
using media::Affine;
using media::Border;
using media::Image;
using training::FaceSample;

namespace {

constexpr int kSize = 64;

// Frames of a head that turns a little; the swap is softer, darker and moved by `swapFromPlate`.
std::vector<FaceSample> samplesOf(int count, const Affine& swapFromPlate) {
    std::vector<FaceSample> samples;
    for (int i = 0; i < count; ++i) {
        const media::Landmarks face =
            madeLandmarks({120 + 1.7 * i, 90 - 0.6 * i}, 60 + i, 0.02 * (i % 5));
        FaceSample sample;
        sample.geometry = training::placeFace(face, media::FaceType::wholeFace, kSize, 1);
        sample.crop = *training::cropFace(madePlate(280, 220, face).pixels, sample.geometry);
        sample.swap = training::gaussian(
            media::resample(sample.crop, swapFromPlate, kSize, kSize, Border::replicate), 1,
            Border::replicate);
        for (int y = 0; y < kSize; ++y) {
            for (int k = 0; k < 3 * kSize; ++k) {
                float& value = sample.swap.row<float>(y)[k];
                value = 0.6f * value + 0.05f;
            }
        }
        samples.push_back(std::move(sample));
    }
    return samples;
}

}  // namespace

TEST_CASE("a swap whose eyes lie too high and too close is put right, half of their distance is") {
    for (const auto& [scale, dx, dy] :
         {std::tuple{0.93, 0.0, -2.0}, std::tuple{1.06, 1.2, 1.5}, std::tuple{1.0, 0.0, 0.0}}) {
        const Affine moved{scale, 0, 32 * (1 - scale) + dx, 0, scale, 28 * (1 - scale) + dy};
        const Affine fit = training::learnEyeFit(samplesOf(12, moved));
        const Affine both = fit * moved;
        const double left = std::sqrt(scale);
        CHECK(both.xx == Approx(left).margin(0.01));
        for (const media::Point eye : {media::Point{22, 28}, media::Point{42, 28}}) {
            CHECK(both(eye).x == Approx(32 + left * (eye.x - 32)).margin(0.3));
            CHECK(both(eye).y == Approx(eye.y).margin(0.35));
        }
    }
}

TEST_CASE("too few faces, and pictures that do not agree, are left as they are") {
    CHECK(training::learnEyeFit(samplesOf(8, {1, 0, 0, 0, 1, -2})) == Affine());
    CHECK(training::learnEyeFit({}) == Affine());
    auto samples = samplesOf(12, {});
    RandomSequence random({.seed = 4});
    for (FaceSample& sample : samples) {
        for (int y = 0; y < kSize; ++y) {
            for (int k = 0; k < 3 * kSize; ++k) {
                sample.swap.row<float>(y)[k] = static_cast<float>(random.uniform());
            }
        }
    }
    CHECK(training::learnEyeFit(samples) == Affine());
    for (FaceSample& sample : samples) {
        sample.swap = Image(kSize, kSize, 3, media::SampleType::f32);  // black
    }
    CHECK(training::learnEyeFit(samples) == Affine());
}

TEST_CASE("a face of another size keeps the middle of its eyes") {
    const auto samples = samplesOf(1, {});
    const training::FaceGeometry& face = samples.front().geometry;
    media::Point middle;
    for (size_t i = 36; i < 48; ++i) {
        middle = middle + 1.0 / 12 * face.landmarks[i];
    }
    const Affine larger = training::scaledAboutEyes(face, 1.1);
    CHECK(larger(middle).x == Approx(middle.x));
    CHECK(larger(middle).y == Approx(middle.y));
    const media::Point chin = face.landmarks[8];
    CHECK(larger(chin).y - middle.y == Approx(1.1 * (chin.y - middle.y)));
    CHECK(training::scaledAboutEyes(face, 1) == Affine());
}
