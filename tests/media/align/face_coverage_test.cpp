#include "media/align/face_coverage.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace understudy::media;

namespace {

// `count` faces that look evenly from one yaw to another.
std::vector<CoverageFace> sweep(int count, float from, float to, CoverageFace face = {}) {
    std::vector<CoverageFace> faces;
    for (int i = 0; i < count; ++i) {
        face.yaw = from + (to - from) * static_cast<float>(i) / static_cast<float>(count - 1);
        faces.push_back(face);
    }
    return faces;
}

CoverageFace usual() {
    CoverageFace face;
    face.mouth = 0.1f;
    face.brightness = 0.5f;
    face.sharpness = 0.3f;
    face.size = 200;
    return face;
}

std::vector<CoverageFace> joined(std::vector<CoverageFace> a, const std::vector<CoverageFace>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

}  // namespace

TEST_CASE("a side that one looks to and the other never does is told, with how near it comes") {
    const auto there = sweep(300, -14, 40, usual());
    const auto wanted = sweep(500, -60, 40, usual());
    const Coverage coverage = coverageOf(wanted, there);
    REQUIRE(coverage.gaps.size() == 1);
    const CoverageGap& gap = coverage.gaps[0];
    CHECK(gap.measure == CoverageMeasure::lookLeft);
    CHECK(gap.threshold == 20);
    CHECK(gap.others == 0);
    CHECK(gap.closest == Approx(14));
    CHECK(gap.count == std::count_if(wanted.begin(), wanted.end(),
                                     [](const auto& face) { return face.yaw < -20; }));
    CHECK_FALSE(coverage.softer);
    CHECK_FALSE(coverage.smaller);
    CHECK_FALSE(coverage.hole);  // the gap says it
    CHECK(coverageOf(there, wanted).complete());
}

TEST_CASE("the same range, and little beyond it, is no gap") {
    const auto there = sweep(300, -30, 30, usual());
    CHECK(coverageOf(there, there).complete());
    CHECK(coverageOf(sweep(300, -35, 35, usual()), there).complete());
    // Four faces far out, or fewer than one in a hundred, are no reason to shoot again.
    CHECK(coverageOf(joined(there, sweep(4, 70, 72, usual())), there).complete());
    CHECK(coverageOf(joined(sweep(1000, -30, 30, usual()), sweep(9, 70, 72, usual())), there)
              .complete());
    CHECK_FALSE(coverageOf(joined(there, sweep(9, 70, 72, usual())), there).complete());
}

TEST_CASE("one or two wrong faces do not count as footage") {
    const auto there = joined(sweep(300, -14, 40, usual()), sweep(2, -80, -75, usual()));
    const Coverage coverage = coverageOf(sweep(500, -60, 40, usual()), there);
    REQUIRE(coverage.gaps.size() == 1);
    CHECK(coverage.gaps[0].threshold == 20);
    CHECK(coverage.gaps[0].others == 2);
    CHECK(coverage.gaps[0].closest == Approx(80));
}

TEST_CASE("mouth, pitch and light have their gaps, most faces first") {
    CoverageFace open = usual();
    open.mouth = 0.4f;
    CoverageFace dark = usual();
    dark.brightness = 0.1f;
    CoverageFace up = usual();
    up.pitch = 33;
    const auto there = sweep(200, -30, 30, usual());
    const auto wanted =
        joined(joined(joined(there, sweep(40, -30, 30, open)), sweep(30, -30, 30, dark)),
               sweep(20, -5, 5, up));
    const Coverage coverage = coverageOf(wanted, there);
    REQUIRE(coverage.gaps.size() == 3);
    CHECK(coverage.gaps[0].measure == CoverageMeasure::mouthOpen);
    CHECK(coverage.gaps[0].threshold == Approx(0.15));
    CHECK(coverage.gaps[0].count == 40);
    CHECK(coverage.gaps[1].measure == CoverageMeasure::darker);
    CHECK(coverage.gaps[1].threshold == Approx(0.45));
    CHECK(coverage.gaps[1].closest == Approx(0.5));
    CHECK(coverage.gaps[2].measure == CoverageMeasure::lookUp);
    CHECK(coverage.gaps[2].threshold == 5);
}

TEST_CASE("a turn in the middle that is missing is a hole") {
    CoverageFace up = usual();
    up.pitch = 20;
    // There: to all sides, but never up and to the left at once.
    const auto there = joined(sweep(200, -40, 40, usual()), sweep(100, 1, 40, up));
    const auto wanted = joined(there, sweep(30, -28, -17, up));
    const Coverage coverage = coverageOf(wanted, there);
    CHECK(coverage.gaps.empty());
    REQUIRE(coverage.hole);
    CHECK(coverage.hole->leastYaw == -30);
    CHECK(coverage.hole->mostYaw == -15);
    CHECK(coverage.hole->leastPitch == 15);
    CHECK(coverage.hole->count == 30);
    CHECK(coverage.hole->others == 0);
}

TEST_CASE("softer and smaller faces are told by their medians") {
    CoverageFace soft = usual();
    soft.sharpness = 0.15f;
    soft.size = 80;
    const Coverage coverage = coverageOf(sweep(50, -9, 9, usual()), sweep(50, -9, 9, soft));
    REQUIRE(coverage.softer);
    CHECK(coverage.softer->there == Approx(0.15));
    CHECK(coverage.softer->wanted == Approx(0.3));
    REQUIRE(coverage.smaller);
    CHECK(coverage.smaller->there == 80);
    CHECK(coverageOf(sweep(50, -9, 9, soft), sweep(50, -9, 9, usual())).complete());
}

TEST_CASE("what nobody measured is no gap, and neither is nobody") {
    const float unknown = std::numeric_limits<float>::quiet_NaN();
    const std::vector<CoverageFace> blank(
        100, CoverageFace{unknown, unknown, unknown, unknown, unknown, unknown});
    const auto faces = sweep(100, -60, 60, usual());
    CHECK(coverageOf(blank, faces).complete());
    CHECK(coverageOf(faces, blank).complete());
    CHECK(coverageOf({}, faces).complete());
    CHECK(coverageOf(faces, {}).complete());
}
