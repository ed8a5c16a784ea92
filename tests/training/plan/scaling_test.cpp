#include "training/plan/scaling.h"

#include <catch2/catch.hpp>

using namespace understudy::training;

TEST_CASE("the cost of ranks is what backward cannot hide") {
    StepCost one;
    one.seconds = 0.1;
    one.backwardSeconds = 0.06;
    one.gradientBytes = 1e9;
    const Link link{"", 10e9, 2, 8};
    // 1 GB over 10 GB/s, twice half and twice seven eighths of it.
    CHECK(predictedScaling(one, link, 2).communicationSeconds == Approx(0.1));
    CHECK(predictedScaling(one, link, 8).communicationSeconds == Approx(0.175));
    CHECK(predictedScaling(one, link, 2).exposedSeconds == Approx(0.04));
    CHECK(predictedScaling(one, link, 2).efficiency == Approx(0.1 / 0.14));
    CHECK(predictedScaling(one, link, 8).efficiency == Approx(0.1 / 0.215));
    CHECK(predictedScaling(one, link, 1).efficiency == 1);
    // Over a fast link the last bucket alone is left.
    const Link fast{"", 400e9, 2, 8};
    CHECK(predictedScaling(one, fast, 8).exposedSeconds == Approx(1.75 * (25 << 20) / 400e9));
    one.gradientBytes = 1e6;  // one bucket
    CHECK(predictedScaling(one, fast, 2).exposedSeconds == Approx(1e6 / 400e9));
    for (const Link& usual : usualLinks()) {
        CHECK(usual.busBandwidth > 1e9);
        CHECK(usual.leastRanks <= usual.mostRanks);
    }
}
