// Hands in front: where the plate shows what the network does not expect, the plate stays; where a
// network is merely soft, wrong in colour or early in its training, it does not.
#include "training/swap/face_matte.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "media/base/philox.h"
#include "tests/training/swap/made_face.h"
#include "training/swap/image_ops.h"

using namespace understudy;
using namespace understudy::tests;
using media::Image;
using training::FaceGeometry;

namespace {

constexpr int kSize = 96;

struct Scene {
    FaceGeometry geometry;
    Image crop;
    Image area;
};

Scene scene() {
    const media::Landmarks face = madeLandmarks({120, 90}, 64);
    Scene result;
    result.geometry = training::placeFace(face, media::FaceType::wholeFace, kSize, 1);
    result.crop = *training::cropFace(madePlate(240, 200, face).pixels, result.geometry);
    const training::MatteParts parts =
        training::measureMatte(result.geometry, result.crop, perfectNetwork(result.crop), {});
    result.area = training::resized(parts.hull, kSize, media::Border::replicate);
    return result;
}

// A bar as wide as two fingers, from below up to the middle of the face; `strength` 0.5 is half
// transparent.
void drawHand(Image& crop, float strength) {
    for (int y = kSize / 2; y < kSize; ++y) {
        for (int x = 38; x < 52; ++x) {
            float* pixel = crop.row<float>(y) + 3 * x;
            const float hand[3] = {0.95f, 0.75f, 0.62f};
            for (int c = 0; c < 3; ++c) {
                pixel[c] += strength * (hand[c] - pixel[c]);
            }
        }
    }
}

float least(const Image& image, const Image& area) {
    float result = 1;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (area.row<float>(y)[x] > 0.5f) {
                result = std::min(result, image.row<float>(y)[x]);
            }
        }
    }
    return result;
}

}  // namespace

TEST_CASE("a hand in front of the face keeps the plate") {
    const Scene s = scene();
    Image crop = s.crop;
    drawHand(crop, 1);
    const Image visible =
        training::visibleAsReconstructed(crop, s.crop, s.area, s.geometry.width, 1);
    CHECK(visible.row<float>(58)[45] < 0.1f);  // in the hand
    CHECK(visible.row<float>(58)[70] > 0.9f);  // on the other cheek
    CHECK(visible.row<float>(32)[60] > 0.9f);  // on the brow
}

TEST_CASE("a half transparent hand is attenuated, softly") {
    const Scene s = scene();
    Image crop = s.crop;
    drawHand(crop, 0.5f);
    const Image visible =
        training::visibleAsReconstructed(crop, s.crop, s.area, s.geometry.width, 1);
    CHECK(visible.row<float>(58)[45] < 0.75f);
    CHECK(visible.row<float>(58)[70] > 0.9f);
    float steepest = 0;
    for (int x = 1; x < kSize; ++x) {
        steepest =
            std::max(steepest, std::abs(visible.row<float>(58)[x] - visible.row<float>(58)[x - 1]));
    }
    CHECK(steepest < 0.5f);
}

TEST_CASE("softness, a wrong tone and noise are no hand") {
    const Scene s = scene();
    Image reconstruction = s.crop;
    SECTION("perfect") {}
    SECTION("soft") {
        reconstruction = training::gaussian(s.crop, 2.5, media::Border::replicate);
    }
    SECTION("wrong tone") {
        for (int y = 0; y < kSize; ++y) {
            for (int x = 0; x < kSize; ++x) {
                reconstruction.row<float>(y)[3 * x] += 0.2f;
                reconstruction.row<float>(y)[3 * x + 2] -= 0.15f;
            }
        }
    }
    SECTION("noise") {
        RandomSequence random({.seed = 9});
        for (int y = 0; y < kSize; ++y) {
            for (int i = 0; i < 3 * kSize; ++i) {
                reconstruction.row<float>(y)[i] += static_cast<float>(0.08 * random.normal());
            }
        }
    }
    const Image visible =
        training::visibleAsReconstructed(s.crop, reconstruction, s.area, s.geometry.width, 1);
    CHECK(least(visible, s.area) > 0.95f);
}

TEST_CASE("who the people are and what their faces do is usual, a hand is not") {
    // The network's face is another's: darker, softer, with a beard; it moves its mouth as the
    // plate does. In a third of the frames a hand passes.
    const Scene s = scene();
    std::vector<training::FaceSample> samples;
    std::vector<Image> crops;
    const auto openMouth = [](Image& image, float amount) {
        for (int y = 60; y < 66; ++y) {
            for (int x = 42; x < 54; ++x) {
                for (int c = 0; c < 3; ++c) {
                    image.row<float>(y)[3 * x + c] *= 1 - amount;
                }
            }
        }
    };
    for (int i = 0; i < 18; ++i) {
        training::FaceSample sample{s.crop, training::gaussian(s.crop, 2, media::Border::replicate),
                                    s.geometry};
        for (int y = 62; y < 80; ++y) {
            for (int k = 3 * 30; k < 3 * 66; ++k) {
                sample.swap.row<float>(y)[k] *= 0.6f;  // the beard
            }
        }
        openMouth(sample.crop, 0.1f * static_cast<float>(i % 6));
        openMouth(sample.swap, 0.1f * static_cast<float>(i % 6));
        if (i % 3 == 0) {
            drawHand(sample.crop, 1);
        }
        samples.push_back(sample);
    }
    const training::UsualFace usual = training::learnUsualFace(samples);
    REQUIRE(usual.known());
    for (size_t i = 0; i < samples.size(); ++i) {
        const Image visible = training::visibleAsUsual(samples[i].crop, samples[i].swap, s.area,
                                                       s.geometry.width, 1, usual);
        if (i % 3 == 0) {
            CHECK(visible.row<float>(58)[45] < 0.1f);
            CHECK(visible.row<float>(58)[72] > 0.9f);
            CHECK(visible.row<float>(32)[60] > 0.9f);
        } else {
            CHECK(least(visible, s.area) > 0.9f);
        }
    }
    samples.resize(3);
    CHECK_FALSE(training::learnUsualFace(samples).known());
}

TEST_CASE("a face all of one constant reconstruction stays composited somewhere") {
    const Scene s = scene();
    Image flat(kSize, kSize, 3, media::SampleType::f32);
    const Image visible =
        training::visibleAsReconstructed(s.crop, flat, s.area, s.geometry.width, 1);
    double sum = 0;
    double all = 0;
    for (int y = 0; y < kSize; ++y) {
        for (int x = 0; x < kSize; ++x) {
            sum += s.area.row<float>(y)[x] * visible.row<float>(y)[x];
            all += s.area.row<float>(y)[x];
        }
    }
    CHECK(sum > 0.5 * all);
}

TEST_CASE("what the network shows of another background is not composited, a shaded jaw is") {
    const Scene s = scene();
    const auto visibleWith = [&](float red, float green, float blue) {
        training::NetworkFace network = perfectNetwork(s.crop);
        const float around[3] = {red, green, blue};
        for (int y = 0; y < kSize; ++y) {
            for (int x = 0; x < kSize; ++x) {
                const float inside = s.area.row<float>(y)[x];
                float* pixel = network.swap.row<float>(y) + 3 * x;
                for (int c = 0; c < 3; ++c) {
                    pixel[c] = around[c] + inside * (pixel[c] - around[c]);
                }
            }
        }
        training::CompositeOptions options;
        options.occlusion = 0;
        return training::resized(
            training::measureMatte(s.geometry, s.crop, network, options).visible, kSize,
            media::Border::replicate);
    };
    // Mean colour of the face, as a jaw in the shade has it.
    double sum[3] = {};
    double weight = 0;
    for (int y = 0; y < kSize; ++y) {
        for (int x = 0; x < kSize; ++x) {
            const float inside = s.area.row<float>(y)[x];
            weight += inside;
            for (int c = 0; c < 3; ++c) {
                sum[c] += inside * s.crop.row<float>(y)[3 * x + c];
            }
        }
    }
    const auto shaded = [&](int c) { return static_cast<float>(0.6 * sum[c] / weight); };
    const Image teal = visibleWith(0.1f, 0.7f, 0.75f);
    const Image jaw = visibleWith(shaded(0), shaded(1), shaded(2));
    CHECK(least(teal, s.area) > 0.4f);  // the half that is inside at the edge
    CHECK(teal.row<float>(4)[4] < 0.01f);
    CHECK(teal.row<float>(90)[90] < 0.01f);
    for (int y = 0; y < kSize; ++y) {
        for (int x = 0; x < kSize; ++x) {
            REQUIRE(jaw.row<float>(y)[x] > 0.9f);
            REQUIRE((s.area.row<float>(y)[x] < 0.99f || teal.row<float>(y)[x] > 0.9f));
        }
    }
}

TEST_CASE("erode and blur stay inside the outline") {
    const Scene s = scene();
    training::CompositeOptions options;
    options.mask = training::MaskMode::learnedHull;
    options.erode = 0.02;
    options.blur = 0.16;
    const training::MatteParts parts =
        training::measureMatte(s.geometry, s.crop, perfectNetwork(s.crop), options);
    const double width = s.geometry.width * parts.hull.width() / kSize;
    const Image matte = training::finishMatte(parts, width, options);
    double outside = 0;
    double inside = 0;
    for (int y = 0; y < matte.height(); ++y) {
        for (int x = 0; x < matte.width(); ++x) {
            const float m = matte.row<float>(y)[x];
            (parts.hull.row<float>(y)[x] > 0 ? inside : outside) += m;
        }
    }
    CHECK(outside < 0.002 * inside);
    const media::Point nose = s.geometry.landmarks[30];
    const double scale = static_cast<double>(matte.width()) / kSize;
    CHECK(matte.row<float>(static_cast<int>(nose.y * scale))[static_cast<int>(nose.x * scale)] >
          0.99f);
}

TEST_CASE(
    "the matte reaches as far as the new face, beyond the plate's outline and not within it") {
    const Scene s = scene();
    // A chin that ends lower than the plate's, and one cheek that is narrower.
    training::NetworkFace network = perfectNetwork(s.crop);
    const media::Landmarks& face = s.geometry.landmarks;
    const int chin = static_cast<int>(face[8].y);
    const int cheek = static_cast<int>(0.7 * face[3].x + 0.3 * face[30].x);
    for (int y = 0; y < kSize; ++y) {
        for (int x = 0; x < kSize; ++x) {
            const bool there = y > face[27].y && y < chin + 8 && x > cheek && x < face[13].x;
            network.swapMask.row<float>(y)[x] = there ? 1 : 0;
        }
    }
    const training::CompositeOptions options;
    REQUIRE(options.mask == training::MaskMode::learned);
    const training::MatteParts parts = training::measureMatte(s.geometry, s.crop, network, options);
    const double scale = static_cast<double>(parts.hull.width()) / kSize;
    const Image matte = training::finishMatte(parts, s.geometry.width * scale, options);
    const auto at = [&](double x, double y) {
        return matte.row<float>(static_cast<int>(y * scale))[static_cast<int>(x * scale)];
    };
    CHECK(at(face[8].x, chin + 3) > 0.9f);
    CHECK(at(face[8].x, chin + 12) < 0.02f);
    CHECK(at(cheek - 3, face[3].y) < 0.02f);
    CHECK(at(face[30].x, face[30].y) > 0.99f);
}
