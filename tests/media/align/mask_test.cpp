#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "media/align/face_alignment.h"
#include "media/align/face_mask.h"
#include "tests/media/align/sample_face.h"

using namespace understudy;
using namespace understudy::media;
using understudy::tests::placed;
using understudy::tests::sampleFace;

namespace {

double coverageSum(const std::vector<uint8_t>& mask) {
    return std::accumulate(mask.begin(), mask.end(), 0.0) / 255;
}

int at(const std::vector<uint8_t>& mask, int width, Point p) {
    const int x = static_cast<int>(std::floor(p.x));
    const int y = static_cast<int>(std::floor(p.y));
    return mask[static_cast<size_t>(y) * width + x];
}

}  // namespace

TEST_CASE("a rectangle covers its area to a fraction of a pixel") {
    const std::vector<uint8_t> mask =
        rasterize({{{2.25, 1.5}, {7.75, 1.5}, {7.75, 6.0}, {2.25, 6.0}}}, 10, 8);
    CHECK(mask[3 * 10 + 4] == 255);
    CHECK(mask[3 * 10 + 2] == 191);  // three quarters
    CHECK(mask[1 * 10 + 4] == 128);
    CHECK(mask[0] == 0);
    CHECK(coverageSum(mask) == Approx(5.5 * 4.5).margin(0.05));
}

TEST_CASE("rasterised area is the polygon's, in any direction of travel") {
    Polygon circle;
    for (int i = 0; i < 60; ++i) {
        const double angle = 6.283185307179586 * i / 60;
        circle.push_back({31.3 + 20.7 * std::cos(angle), 29.8 + 20.7 * std::sin(angle)});
    }
    const double area = 0.5 * 60 * 20.7 * 20.7 * std::sin(6.283185307179586 / 60);
    CHECK(coverageSum(rasterize({circle}, 64, 64)) == Approx(area).epsilon(0.001));
    Polygon reversed(circle.rbegin(), circle.rend());
    CHECK(coverageSum(rasterize({reversed}, 64, 64)) == Approx(area).epsilon(0.001));
    // A union, not a sum.
    CHECK(coverageSum(rasterize({circle, reversed}, 64, 64)) == Approx(area).epsilon(0.001));
}

TEST_CASE("polygons beyond the picture are clipped, degenerate ones draw nothing") {
    CHECK(coverageSum(rasterize({{{-50, -50}, {90, -50}, {90, 90}, {-50, 90}}}, 16, 12)) ==
          Approx(16 * 12));
    CHECK(coverageSum(rasterize({{{200, 3}, {300, 3}, {250, 9}}}, 16, 12)) == 0);
    CHECK(coverageSum(rasterize({}, 16, 12)) == 0);
    CHECK(coverageSum(rasterize({{{3, 3}, {9, 9}}, {{4, 4}}, {}}, 16, 12)) == 0);
}

TEST_CASE("the hull covers brows, jaw and eyes") {
    for (const double raise : {0.0, 0.5, 1.0, 2.5, 4.0}) {
        const Landmarks face = placed(sampleFace(3), 20, 0.9);
        const std::vector<uint8_t> mask = rasterize(faceHull(face, raise), 640, 480);
        Point centre{};
        for (const Point p : face) {
            centre = centre + (1.0 / kLandmarkCount) * p;
        }
        for (int i = 0; i < kLandmarkCount; ++i) {
            // Just inside every landmark, the outermost included.
            INFO("landmark " << i << ", raise " << raise);
            CHECK(at(mask, 640, face[i] + 0.04 * (centre - face[i])) > 200);
        }
    }
}

TEST_CASE("raising the brows grows the hull, steadily, over the forehead") {
    const Landmarks face = sampleFace(1, 0);
    double area = 0;
    double top = 1e9;
    for (const double raise : {0.0, 0.5, 1.0, 1.5, 2.5, 4.0}) {
        const std::vector<Polygon> hull = faceHull(face, raise);
        double highest = 1e9;
        for (const Polygon& part : hull) {
            for (const Point p : part) {
                highest = std::min(highest, p.y);
            }
        }
        const double covered = coverageSum(rasterize(hull, 640, 480));
        CHECK(covered > area);
        CHECK(highest < top);
        area = covered;
        top = highest;
    }
    // All of the forehead: nearly as high as the nose is long from the brows, and never wider than
    // the temples.
    const double brows = (face[19].y + face[24].y) / 2;
    CHECK(brows - top > 0.8 * (face[33].y - brows));
    CHECK(brows - top < 1.2 * (face[33].y - brows));
    for (const Polygon& part : faceHull(face, 4)) {
        for (const Point p : part) {
            CHECK(p.x > face[0].x - 1);
            CHECK(p.x < face[16].x + 1);
        }
    }
}

TEST_CASE("the hull turns and scales with the face") {
    const Landmarks face = sampleFace(2);
    const double area = coverageSum(rasterize(faceHull(face, 2.5), 640, 480));
    const Landmarks turned = placed(face, 90, 0.5);
    const double other = coverageSum(rasterize(faceHull(turned, 2.5), 640, 480));
    CHECK(other == Approx(area / 4).epsilon(0.002));
}

TEST_CASE("the whole face's hull stays inside its crop") {
    const Landmarks face = sampleFace(1, 0);
    const Landmarks inCrop = transformed(face, alignedFromFrame(face, FaceType::wholeFace, 256));
    for (const Polygon& part : faceHull(inCrop, browRaiseFor(FaceType::wholeFace))) {
        for (const Point p : part) {
            CHECK(p.x > 0);
            CHECK(p.x < 256);
            CHECK(p.y > 0);
            CHECK(p.y < 256);
        }
    }
}

TEST_CASE("eyes and mouth") {
    const Landmarks face = sampleFace();
    const std::vector<Polygon> parts = eyesAndMouth(face);
    REQUIRE(parts.size() == 3);
    const std::vector<uint8_t> mask = rasterize(parts, 640, 480);
    const auto middle = [&face](int a, int b) { return 0.5 * (face[a] + face[b]); };
    CHECK(at(mask, 640, middle(36, 39)) > 0);
    CHECK(at(mask, 640, middle(42, 45)) > 0);
    CHECK(at(mask, 640, middle(60, 64)) > 0);
    CHECK(at(mask, 640, face[30]) == 0);
}
