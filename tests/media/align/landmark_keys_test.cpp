#include <catch2/catch.hpp>
#include <cmath>

#include "media/align/expression.h"
#include "media/align/landmark_keys.h"
#include "tests/media/align/sample_face.h"

using namespace understudy::media;
using understudy::tests::sampleFace;

namespace {

Affine turned(double degrees, double scale, double x, double y) {
    const double angle = degrees * 3.14159265358979 / 180;
    Affine affine;
    affine.xx = affine.yy = scale * std::cos(angle);
    affine.yx = scale * std::sin(angle);
    affine.xy = -affine.yx;
    affine.x0 = x;
    affine.y0 = y;
    return affine;
}

double furthest(const Landmarks& a, const Landmarks& b) {
    double most = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        most = std::max(most, distance(a[i], b[i]));
    }
    return most;
}

}  // namespace

TEST_CASE("between two keys a face arrives at both, and turns without shrinking") {
    const Landmarks a = sampleFace();
    const Landmarks b = transformed(a, turned(80, 1, 30, -12));
    CHECK(furthest(between(a, b, 0), a) < 1e-9);
    CHECK(furthest(between(a, b, 1), b) < 1e-9);
    const Landmarks middle = between(a, b, 0.5);
    CHECK(interOcularDistance(middle) == Approx(interOcularDistance(a)));
    // Straight lines would have lost a quarter of it.
    CHECK(distance(0.5 * (a[36] + b[36]), 0.5 * (a[45] + b[45])) < 0.8 * interOcularDistance(a));
    // Growing goes by factor.
    const Landmarks grown = between(a, transformed(a, turned(0, 4, 0, 0)), 0.5);
    CHECK(interOcularDistance(grown) == Approx(2 * interOcularDistance(a)));
}

TEST_CASE("a shape that changes goes over evenly") {
    const Landmarks a = sampleFace();
    Landmarks b = a;
    b[8].y += 1e-3 * interOcularDistance(a);  // the chin, too little to turn the whole
    const Landmarks middle = between(a, b, 0.25);
    CHECK(middle[8].y - a[8].y == Approx(0.25 * (b[8].y - a[8].y)).epsilon(0.05));
}

TEST_CASE("keys over what was found carry their difference along") {
    const Landmarks a = sampleFace();
    const Affine moved = turned(30, 2, 400, 90);
    // Both keys lift the chin by the same part of the face.
    const auto lifted = [](const Landmarks& face) {
        Landmarks result = face;
        result[8] = 0.8 * face[8] + 0.2 * face[30];
        return result;
    };
    const Landmarks found = transformed(a, turned(-11, 1.3, 5, 7));
    const Landmarks there = betweenFollowing(
        {a, lifted(a)}, {transformed(a, moved), lifted(transformed(a, moved))}, found, 0.3);
    CHECK(furthest(there, lifted(found)) < 1e-6);
    // Without a face there the keys alone decide.
    const Landmarks gone =
        betweenFollowing({a, a}, {a, transformed(a, turned(0, 1, 10, 0))}, {}, 0.5);
    CHECK(gone[30].x == Approx(a[30].x + 5));
}

TEST_CASE("points that are no face's are taken straight") {
    const Landmarks none{};
    Landmarks one{};
    one.fill({10, 20});
    CHECK(between(none, one, 0.5)[3].x == Approx(5));
}

TEST_CASE("an open mouth is wider than a closed one, at any size") {
    Landmarks face = sampleFace();
    const double closed = mouthOpening(face);
    for (const int i : {65, 66, 67}) {
        face[static_cast<size_t>(i)].y += 0.3 * interOcularDistance(face);
    }
    const double open = mouthOpening(face);
    CHECK(open > closed + 0.25);
    CHECK(mouthOpening(transformed(face, turned(20, 3, 1, 2))) == Approx(open));
    CHECK(mouthOpening(Landmarks{}) == 0);
}

TEST_CASE("frames between keys are made, keys and what lies outside are left") {
    const Landmarks a = sampleFace();
    const auto at = [&a](double x) { return transformed(a, turned(0, 1, x, 0)); };
    std::map<int64_t, Landmarks> found;
    for (const int64_t frame : {1, 2, 3, 5, 6, 7, 8, 9}) {  // 4 is missing in the plate
        found[frame] = at(100);
    }
    found[5] = at(200);  // the head moves on, which the tracking saw
    found[6] = {};       // no face was found
    const std::map<int64_t, LandmarkCorrection> corrections = {
        {2, {at(0), true}}, {3, {at(999), false}}, {7, {at(50), true}}, {9, {at(70), true}}};
    const auto made = betweenKeys(corrections, found, 1, 8, false);
    REQUIRE(made.size() == 3);
    CHECK(furthest(made.at(3).landmarks, at(10)) < 1e-6);
    CHECK(furthest(made.at(5).landmarks, at(30)) < 1e-6);
    CHECK(furthest(made.at(6).landmarks, at(40)) < 1e-6);
    CHECK_FALSE(made.at(3).key);
    CHECK(betweenKeys(corrections, found, 1, 9, false).size() == 4);
    CHECK(betweenKeys(corrections, found, 3, 8, false).empty());
    // Keys that lie 100 and 50 left of what was found carry that along to where the face is.
    const auto following = betweenKeys(corrections, found, 1, 8, true);
    CHECK(furthest(following.at(3).landmarks, at(10)) < 1e-6);
    CHECK(furthest(following.at(5).landmarks, at(130)) < 1e-6);
    CHECK(furthest(following.at(6).landmarks, at(40)) < 1e-6);
}
