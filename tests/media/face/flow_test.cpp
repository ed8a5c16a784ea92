#include <catch2/catch.hpp>
#include <cmath>

#include "media/face/analysis_image.h"
#include "media/face/face_flow.h"
#include "media/face/gray_patch.h"
#include "tests/media/align/sample_face.h"

using namespace understudy;
using namespace understudy::media;
using understudy::tests::placed;
using understudy::tests::sampleFace;

namespace {

// A smooth random texture, moved by `textureFromPicture`.
Image texture(const Affine& textureFromPicture) {
    Image image(320, 240, 1, SampleType::u8);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const Point p = textureFromPicture({x + 0.5, y + 0.5});
            const double value = std::sin(0.31 * p.x + 1.3 * std::sin(0.11 * p.y)) +
                                 std::sin(0.27 * p.y + 1.7 * std::sin(0.13 * p.x)) +
                                 0.7 * std::sin(0.45 * (p.x + 0.6 * p.y));
            image.row<uint8_t>(y)[x] = static_cast<uint8_t>(128 + 40 * value);
        }
    }
    return image;
}

Landmarks faceInPicture() {
    return placed(sampleFace(1, 0), 0, 0.3, {-160, -120});
}

}  // namespace

TEST_CASE("flow measures a known motion to a few hundredths of a pixel") {
    const double c = std::cos(0.03);
    const double s = std::sin(0.03);
    const Landmarks face = faceInPicture();
    for (const Affine& motion : {Affine{1, 0, 3.4, 0, 1, -1.7}, Affine{1, 0, 0, 0, 1, 0},
                                 Affine{1.02 * c, -1.02 * s, 4, 1.02 * s, 1.02 * c, -6}}) {
        const auto flow = faceFlow(texture({}), texture(motion.inverse()), face);
        REQUIRE(flow.has_value());
        CHECK(flow->agreeing > 0.8);
        CHECK(flow->likeness > 0.98);
        for (int i = 17; i < kLandmarkCount; ++i) {
            CHECK(distance(flow->moved[i], motion(face[i])) < 0.12);
            CHECK(distance(flow->rigid(face[i]), motion(face[i])) < 0.08);
        }
    }
}

TEST_CASE("flow says when it cannot follow") {
    const Landmarks face = faceInPicture();
    Image other(320, 240, 1, SampleType::u8);
    RandomSequence random({.seed = 2});
    for (size_t i = 0; i < other.size(); ++i) {
        other.data()[i] = static_cast<std::byte>(random.below(256));
    }
    const auto flow = faceFlow(texture({}), other, face);
    CHECK((!flow || flow->likeness < 0.5));
    CHECK_FALSE(faceFlow(texture({}), other, Landmarks{}).has_value());
}

TEST_CASE("patches keep pixel centres where they are") {
    Image gray(64, 48, 1, SampleType::u8);
    for (int y = 0; y < 48; ++y) {
        for (int x = 0; x < 64; ++x) {
            gray.row<uint8_t>(y)[x] = static_cast<uint8_t>(2 * x + y);  // a plane
        }
    }
    for (const double scale : {0.4, 0.8, 1.0, 2.5}) {
        const Affine patchFromGray{scale, 0, 16 - scale * 32, 0, scale, 16 - scale * 24};
        const Image patch = grayPatch(gray, patchFromGray, 32);
        const Affine back = patchFromGray.inverse();
        for (int y = 10; y < 22; ++y) {
            for (int x = 10; x < 22; ++x) {
                const Point p = back({x + 0.5, y + 0.5});
                const double plane = 2 * (p.x - 0.5) + (p.y - 0.5);
                CHECK(std::abs(patch.row<uint8_t>(y)[x] - plane) < 1.6);
            }
        }
    }
    CHECK(enlarged(gray, 3).width() == 192);
}

TEST_CASE("analysis pictures are grey, square-pixelled and not too large") {
    Frame frame;
    frame.number = 7;
    frame.pixels = Image(1440, 1080, 3, SampleType::u8);
    frame.pixelAspect = 4.0 / 3;
    for (int y = 0; y < 1080; ++y) {
        for (int x = 0; x < 1440; ++x) {
            uint8_t* pixel = frame.pixels.row<uint8_t>(y) + 3 * x;
            pixel[0] = 30, pixel[1] = 60, pixel[2] = 90;
        }
    }
    const AnalysisImage picture = analysisImage(frame);
    CHECK(picture.number == 7);
    CHECK(picture.gray.width() == 1280);
    CHECK(picture.gray.height() == 720);
    CHECK(picture.gray.row<uint8_t>(100)[100] == 60);
    CHECK(distance(picture.analysisFromFrame({1440, 1080}), {1280, 720}) < 1e-9);
    CHECK(analysisGeometry(640, 480, 1).width == 640);

    Frame linear;
    linear.encoding.name = "scene_linear";
    linear.pixels = Image(8, 8, 3, SampleType::f32);
    for (int y = 0; y < 8; ++y) {
        for (int i = 0; i < 24; ++i) {
            linear.pixels.row<float>(y)[i] = y == 0 ? NAN : y == 1 ? 50.0f : 0.18f;
        }
    }
    const AnalysisImage bright = analysisImage(linear);
    CHECK(bright.gray.row<uint8_t>(0)[0] == 0);
    CHECK(bright.gray.row<uint8_t>(1)[0] == 255);
    CHECK(bright.gray.row<uint8_t>(4)[4] == Approx(125).margin(3));
}
