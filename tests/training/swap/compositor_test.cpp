#include "training/swap/compositor.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/training/swap/made_face.h"
#include "training/swap/image_ops.h"

using namespace understudy;
using namespace understudy::tests;
using media::Frame;
using media::Image;
using media::SampleType;
using training::CompositeOptions;
using training::FaceGeometry;
using training::MeasuredFace;
using training::NetworkFace;

namespace {

constexpr int kWidth = 240;
constexpr int kHeight = 200;

media::Landmarks face() {
    return madeLandmarks({120, 90}, 64, 0.15);
}

// Only what the identity must survive: no change of colour or sharpness.
CompositeOptions plain() {
    CompositeOptions options;
    options.color = training::ColorMatch::none;
    options.sharpen = 0;
    options.mask = training::MaskMode::learnedHull;
    options.erode = 0.02;
    options.blur = 0.16;
    return options;
}

struct Difference {
    double mostInside = 0;  // within the hull
    double mostOutside = 0;
    int changed = 0;
};

Difference differenceBetween(const Frame& a, const Frame& b, const FaceGeometry& geometry) {
    Difference result;
    const Image fa = media::toFloat(a.pixels);
    const Image fb = media::toFloat(b.pixels);
    const double limit = 1.0 * geometry.width / geometry.cropFromPlate.scale();
    const media::Point middle = geometry.cropFromPlate.inverse()(geometry.landmarks[30]);
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            double d = 0;
            for (int c = 0; c < 3; ++c) {
                d = std::max<double>(
                    d, std::abs(fa.row<float>(y)[3 * x + c] - fb.row<float>(y)[3 * x + c]));
            }
            result.changed += d > 0 ? 1 : 0;
            const bool near = media::distance({x + 0.5, y + 0.5}, middle) < limit;
            double& most = near ? result.mostInside : result.mostOutside;
            most = std::max(most, d);
        }
    }
    return result;
}

NetworkFace coloured(const Image& crop, float gain, float offset) {
    NetworkFace network = perfectNetwork(crop);
    for (int y = 0; y < crop.height(); ++y) {
        for (int i = 0; i < 3 * crop.width(); ++i) {
            float& value = network.swap.row<float>(y)[i];
            value = gain * value + offset;
        }
    }
    return network;
}

double meanOver(const Image& image, const Image& weight) {
    const auto mean = training::measureColors(image, weight).mean();
    return (mean[0] + mean[1] + mean[2]) / 3;
}

}  // namespace

TEST_CASE("the plate's own face set in gives the plate back") {
    const SampleType type = GENERATE(SampleType::u8, SampleType::u16, SampleType::f32);
    const Frame plate = madePlate(kWidth, kHeight, face(), type);
    // At a resolution above the plate's, the crop holds all of it.
    const auto geometry = training::placeFace(face(), media::FaceType::wholeFace, 256, 1);
    const Image crop = *training::cropFace(plate.pixels, geometry);
    Frame result = plate;
    training::compositeAlone(result, geometry, perfectNetwork(crop), plain());
    const Difference difference = differenceBetween(plate, result, geometry);
    CHECK(difference.mostInside <= (type == SampleType::f32 ? 1.0 : 1.01) / 255);
    CHECK(difference.mostOutside == 0);
}

TEST_CASE("a face of another colour changes the hull and nothing else, without an edge") {
    const Frame plate = madePlate(kWidth, kHeight, face());
    const auto geometry = training::placeFace(face(), media::FaceType::wholeFace, 96, 1);
    const Image crop = *training::cropFace(plate.pixels, geometry);
    CompositeOptions options = plain();
    options.occlusion = 0;
    options.mask = GENERATE(training::MaskMode::learned, training::MaskMode::hull,
                            training::MaskMode::learnedHull);
    Frame result = plate;
    training::compositeAlone(result, geometry, coloured(crop, 0, 1), options);
    const Difference difference = differenceBetween(plate, result, geometry);
    CHECK(difference.mostInside > 0.3);
    if (options.mask != training::MaskMode::learned) {
        CHECK(difference.mostOutside == 0);
    }
    // No step anywhere that the plate does not have: the largest one is that of the ramp.
    const Image before = media::toFloat(plate.pixels);
    const Image after = media::toFloat(result.pixels);
    float steepest = 0;
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 1; x < kWidth; ++x) {
            const float step = (after.row<float>(y)[3 * x] - before.row<float>(y)[3 * x]) -
                               (after.row<float>(y)[3 * x - 3] - before.row<float>(y)[3 * x - 3]);
            steepest = std::max(steepest, std::abs(step));
        }
    }
    CHECK(steepest < 0.22f);
}

TEST_CASE("the matte ends before the crop does") {
    const auto type =
        GENERATE(media::FaceType::halfFace, media::FaceType::fullFace, media::FaceType::wholeFace);
    const Frame plate = madePlate(kWidth, kHeight, face());
    const auto geometry = training::placeFace(face(), type, 64, 1);
    const Image crop = *training::cropFace(plate.pixels, geometry);
    CompositeOptions options;
    options.mask = training::MaskMode::learned;
    options.erode = options.blur = 0;
    const auto matte = training::measureMatte(geometry, crop, perfectNetwork(crop), options);
    const Image finished = training::finishMatte(matte, 2 * geometry.width, options);
    const int last = finished.width() - 1;
    for (int i = 0; i <= last; ++i) {
        CHECK(finished.row<float>(0)[i] == 0);
        CHECK(finished.row<float>(last)[i] == 0);
        CHECK(finished.row<float>(i)[0] == 0);
        CHECK(finished.row<float>(i)[last] == 0);
    }
    CHECK(finished.row<float>(last / 2)[last / 2] > 0.99f);
}

TEST_CASE("colour match moves the face's mean to the plate's") {
    const Frame plate = madePlate(kWidth, kHeight, face());
    const auto geometry = training::placeFace(face(), media::FaceType::wholeFace, 96, 1);
    const Image crop = *training::cropFace(plate.pixels, geometry);
    CompositeOptions options;
    options.lighting = 0;
    options.sharpen = 0;
    options.occlusion = 0;
    options.color = GENERATE(training::ColorMatch::mean, training::ColorMatch::linear);
    const MeasuredFace measured =
        training::measureFace(1, geometry, crop, coloured(crop, 0.8f, 0.2f), options);
    const MeasuredFace* alone[] = {&measured};
    const auto finished = training::finishFace(measured, alone, options);
    CHECK(std::abs(meanOver(measured.swap, measured.weights) -
                   meanOver(measured.crop, measured.weights)) > 0.08);
    CHECK(meanOver(finished.pixels, measured.weights) ==
          Approx(meanOver(measured.crop, measured.weights)).margin(0.01));
}

TEST_CASE("smoothed statistics have no lag") {
    // The plate's light rises evenly; the middle of the window must get its own light, not an
    // earlier one.
    const auto geometry = training::placeFace(face(), media::FaceType::wholeFace, 64, 1);
    CompositeOptions options;
    options.lighting = 0;
    options.sharpen = 0;
    std::vector<MeasuredFace> frames;
    Frame plate = madePlate(kWidth, kHeight, face(), SampleType::f32);
    const Image swap = *training::cropFace(plate.pixels, geometry);
    for (int t = 0; t < 17; ++t) {
        NetworkFace network = perfectNetwork(*training::cropFace(plate.pixels, geometry));
        const Image crop = network.swap;
        network.swap = swap;
        frames.push_back(training::measureFace(t, geometry, crop, std::move(network), options));
        for (int y = 0; y < kHeight; ++y) {
            for (int i = 0; i < 3 * kWidth; ++i) {
                plate.pixels.row<float>(y)[i] += 0.01f;
            }
        }
    }
    std::vector<const MeasuredFace*> all;
    for (const MeasuredFace& frame : frames) {
        all.push_back(&frame);
    }
    const auto finished = training::finishFace(frames[8], all, options);
    CHECK(meanOver(finished.pixels, frames[8].weights) ==
          Approx(meanOver(frames[8].crop, frames[8].weights)).margin(0.002));
    // And a single flash, or a hand, moves it little.
    frames[8].colors.to.sum[0] *= 1.5;
    const auto flashed = training::finishFace(frames[8], all, options);
    CHECK(std::abs(meanOver(flashed.pixels, frames[8].weights) -
                   meanOver(finished.pixels, frames[8].weights)) < 0.03);
}

TEST_CASE("non-square pixels, alpha and faces partly outside are composited") {
    Frame plate = madePlate(kWidth, kHeight, face());
    plate.number = 77;
    SECTION("pixel aspect 2") {
        const auto geometry = training::placeFace(face(), media::FaceType::wholeFace, 128, 2);
        CHECK(geometry.cropFromPlate.xx == Approx(2 * geometry.cropFromPlate.yy).epsilon(0.3));
        training::compositeAlone(plate, geometry,
                                 perfectNetwork(*training::cropFace(plate.pixels, geometry)), {});
    }
    SECTION("beyond the corner") {
        const auto geometry =
            training::placeFace(madeLandmarks({2, 3}, 64), media::FaceType::wholeFace, 64, 1);
        training::compositeAlone(plate, geometry,
                                 perfectNetwork(*training::cropFace(plate.pixels, geometry)), {});
    }
    SECTION("outside") {
        const auto geometry =
            training::placeFace(madeLandmarks({900, 900}, 64), media::FaceType::wholeFace, 64, 1);
        CHECK_FALSE(training::cropFace(plate.pixels, geometry).has_value());
        const Frame before = plate;
        training::composite(
            plate, {geometry, Image(64, 64, 3, SampleType::f32), constantImage(64, 1)}, {});
        CHECK(std::equal(before.pixels.data(), before.pixels.data() + before.pixels.size(),
                         plate.pixels.data()));
    }
    SECTION("premultiplied alpha") {
        Image withAlpha(kWidth, kHeight, 4, SampleType::f32);  // transparent everywhere
        Frame clear = plate;
        clear.pixels = withAlpha;
        const auto geometry = training::placeFace(face(), media::FaceType::wholeFace, 64, 1);
        training::compositeAlone(
            clear, geometry,
            coloured(*training::cropFace(madePlate(kWidth, kHeight, face()).pixels, geometry), 1,
                     0),
            plain());
        const float* row = clear.pixels.row<float>(90);
        CHECK(std::all_of(row, row + 4 * kWidth, [](float v) { return v == 0; }));
    }
}

TEST_CASE("compositing is the same every time") {
    const Frame plate = madePlate(kWidth, kHeight, face());
    const auto geometry = training::placeFace(face(), media::FaceType::wholeFace, 64, 1);
    const Image crop = *training::cropFace(plate.pixels, geometry);
    Frame one = plate;
    Frame two = plate;
    training::compositeAlone(one, geometry, coloured(crop, 0.9f, 0.05f), {});
    training::compositeAlone(two, geometry, coloured(crop, 0.9f, 0.05f), {});
    CHECK(std::equal(one.pixels.data(), one.pixels.data() + one.pixels.size(), two.pixels.data()));
}

TEST_CASE("a soft face gets the plate's crispness, a crisp one is left alone") {
    const Frame plate = madePlate(kWidth, kHeight, face());
    const auto geometry = training::placeFace(face(), media::FaceType::wholeFace, 96, 1);
    const Image crop = *training::cropFace(plate.pixels, geometry);
    CompositeOptions options;
    options.color = training::ColorMatch::none;
    NetworkFace soft = perfectNetwork(crop);
    soft.swap = training::gaussian(crop, 1, media::Border::replicate);
    const auto distance = [&](double sharpen, const NetworkFace& network) {
        options.sharpen = sharpen;
        const MeasuredFace measured = training::measureFace(1, geometry, crop, network, options);
        const MeasuredFace* alone[] = {&measured};
        const Image result = training::finishFace(measured, alone, options).pixels;
        double sum = 0;
        for (int y = 0; y < 96; ++y) {
            for (int x = 0; x < 96; ++x) {
                const float d = result.row<float>(y)[3 * x] - crop.row<float>(y)[3 * x];
                sum += measured.weights.row<float>(y)[x] * d * d;
            }
        }
        return sum;
    };
    CHECK(distance(1, soft) < 0.6 * distance(0, soft));
    CHECK(distance(1, perfectNetwork(crop)) < 1e-6);
}
