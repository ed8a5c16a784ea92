#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "media/align/face_alignment.h"
#include "tests/media/align/sample_face.h"

using namespace understudy;
using namespace understudy::media;
using understudy::tests::placed;
using understudy::tests::sampleFace;

namespace {

constexpr std::array<FaceType, 5> kTypes = {FaceType::halfFace, FaceType::midfullFace,
                                            FaceType::fullFace, FaceType::wholeFace,
                                            FaceType::head};

double squaredError(const Affine& transform, const std::vector<Point>& from,
                    const std::vector<Point>& to) {
    double sum = 0;
    for (size_t i = 0; i < from.size(); ++i) {
        sum += std::pow(distance(transform(from[i]), to[i]), 2);
    }
    return sum;
}

Affine similarity(double a, double b, double x, double y) {
    return {a, -b, x, b, a, y};
}

}  // namespace

TEST_CASE("affine transforms compose and invert") {
    const Affine a{1.5, -0.25, 10, 0.5, 2, -7};
    const Affine b{0.9, 0.3, -4, -0.2, 1.1, 6};
    const Point p{12.25, -3.5};
    CHECK(distance((a * b)(p), a(b(p))) < 1e-9);
    CHECK(distance(a.inverse()(a(p)), p) < 1e-9);
    CHECK(Affine{2, 0, 5, 0, 8, 1}.scale() == Approx(4));
}

TEST_CASE("the closed form is the least-squares similarity") {
    RandomSequence random({.seed = 5});
    for (int round = 0; round < 20; ++round) {
        std::vector<Point> from;
        std::vector<Point> to;
        for (int i = 0; i < 12; ++i) {
            from.push_back({random.uniform(0, 100), random.uniform(0, 100)});
            to.push_back({random.uniform(-50, 50), random.uniform(-50, 50)});
        }
        const Affine best = similarityBetween(from, to);
        CHECK(best.xx == best.yy);
        CHECK(best.xy == -best.yx);
        const double least = squaredError(best, from, to);
        // Convex in (a, b, x, y): no neighbour in any direction may be better.
        for (int k = 0; k < 200; ++k) {
            const double step = std::pow(10, random.uniform(-5, 0));
            const Affine other = similarity(
                best.xx + step * random.normal() * 0.01, best.yx + step * random.normal() * 0.01,
                best.x0 + step * random.normal(), best.y0 + step * random.normal());
            REQUIRE(squaredError(other, from, to) >= least - 1e-9);
        }
    }
}

TEST_CASE("the closed form agrees with the normal equations") {
    // Gradient descent on the four parameters with exact line search, from a poor start.
    const std::vector<Point> from = {{1, 2}, {8, 1}, {5, 9}, {-3, 4}};
    const std::vector<Point> to = {{3, 3}, {16, 4}, {9, 19}, {-5, 8}};
    std::array<double, 4> p = {1, 0, 0, 0};
    for (int step = 0; step < 20000; ++step) {
        std::array<double, 4> g{};
        for (size_t i = 0; i < from.size(); ++i) {
            const Point e = similarity(p[0], p[1], p[2], p[3])(from[i]) - to[i];
            g[0] += e.x * from[i].x + e.y * from[i].y;
            g[1] += -e.x * from[i].y + e.y * from[i].x;
            g[2] += e.x;
            g[3] += e.y;
        }
        for (int k = 0; k < 4; ++k) {
            p[k] -= 0.004 * g[k];
        }
    }
    const Affine best = similarityBetween(from, to);
    CHECK(best.xx == Approx(p[0]).epsilon(1e-6));
    CHECK(best.yx == Approx(p[1]).epsilon(1e-6));
    CHECK(best.x0 == Approx(p[2]).epsilon(1e-6));
    CHECK(best.y0 == Approx(p[3]).epsilon(1e-6));
}

TEST_CASE("crops of one face at 64, 128 and 256 show the same area") {
    for (const FaceType type : kTypes) {
        for (int k = 0; k < 5; ++k) {
            const Landmarks face = placed(sampleFace(k + 1), 17.0 * k, 0.4 + 0.3 * k);
            const Affine small = alignedFromFrame(face, type, 64);
            for (const int factor : {2, 4}) {
                const Affine large = alignedFromFrame(face, type, 64 * factor);
                for (const Point p : face) {
                    CHECK(distance(factor * small(p), large(p)) < 0.01);
                }
                CHECK(distance(small.inverse()({0, 0}), large.inverse()({0, 0})) < 1e-6);
            }
        }
    }
}

TEST_CASE("crops follow the face") {
    const Landmarks face = sampleFace();
    for (const FaceType type : kTypes) {
        const Affine upright = alignedFromFrame(face, type, 256);
        const Landmarks turned = placed(face, 33, 1.7, {40, -20});
        const Affine other = alignedFromFrame(turned, type, 256);
        for (int i = 0; i < kLandmarkCount; ++i) {
            CHECK(distance(upright(face[i]), other(turned[i])) < 1e-6);
        }
    }
}

TEST_CASE("larger types show more, faces sit near the centre") {
    const Landmarks face = sampleFace(1, 0);
    double last = 1e9;
    for (const FaceType type : kTypes) {
        const Affine crop = alignedFromFrame(face, type, 256);
        CHECK(crop.scale() < last);
        last = crop.scale();
        const Point nose = crop(face[30]);
        CHECK(nose.x == Approx(128).margin(6));
        CHECK(nose.y > 90);
        CHECK(nose.y < 200);
    }
    // The distance between the brow ends is 0.98 of a half face.
    const Affine half = alignedFromFrame(face, FaceType::halfFace, 100);
    CHECK(distance(half(face[17]), half(face[26])) == Approx(98).margin(1.5));
    const Affine whole = alignedFromFrame(face, FaceType::wholeFace, 100);
    CHECK(half.scale() / whole.scale() == Approx(2.1314).epsilon(1e-4));
}

TEST_CASE("the head's crop moves with the turn of the face") {
    Landmarks face = sampleFace(1, 0);
    const Point frontal = alignedFromFrame(face, FaceType::head, 256)(face[27]);
    for (int i = 0; i < 3; ++i) {
        face[i].x -= 40;  // the left side widens: the face looks right
    }
    const Point turned = alignedFromFrame(face, FaceType::head, 256)(face[27]);
    CHECK(turned.x > frontal.x + 1);
}

TEST_CASE("a margin enlarges the area about the same centre") {
    const Landmarks face = placed(sampleFace(), 12, 0.6);
    for (const FaceType type : kTypes) {
        const Affine trained = alignedFromFrame(face, type, 200);
        const Affine pack = alignedFromFrame(face, type, 260, 0.15);
        CHECK(pack.scale() == Approx(trained.scale()));
        for (const Point p : face) {
            CHECK(distance(pack(p), trained(p) + Point{30, 30}) < 1e-6);
        }
    }
}

TEST_CASE("squeezed frames are unsqueezed by the crop") {
    const Landmarks square = placed(sampleFace(), -8, 0.9);
    Affine squeeze;
    squeeze.xx = 0.5;  // anamorphic: every pixel is twice as wide as high
    const Landmarks squeezed = transformed(square, squeeze);
    const Affine a = alignedFromFrame(square, FaceType::wholeFace, 256, 0.15);
    const Affine b = alignedFromFrame(squeezed, FaceType::wholeFace, 256, 0.15, 2);
    for (int i = 0; i < kLandmarkCount; ++i) {
        CHECK(distance(a(square[i]), b(squeezed[i])) < 1e-6);
    }
}

TEST_CASE("face types have names") {
    for (const FaceType type : kTypes) {
        CHECK(faceTypeFromName(faceTypeName(type)) == type);
    }
    CHECK(faceTypeName(FaceType::wholeFace) == "whole_face");
    CHECK_FALSE(faceTypeFromName("whole").has_value());
    CHECK_FALSE(faceTypeFromName("").has_value());
}
