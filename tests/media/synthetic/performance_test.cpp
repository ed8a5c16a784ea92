#include "media/synthetic/performance.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace understudy::media;

namespace {

constexpr float kDegree = 0.0174533f;

template <class Value>
float most(const std::vector<Moment>& take, Value value) {
    float found = -1e9f;
    for (const Moment& moment : take) {
        found = std::max(found, value(moment));
    }
    return found;
}

}  // namespace

TEST_CASE("a take is the same for its seed, whatever its length, and another for another") {
    const auto take = performedTake({.seed = 5, .frames = 60});
    const auto again = performedTake({.seed = 5, .frames = 90});
    const auto other = performedTake({.seed = 6, .frames = 60});
    REQUIRE(take.size() == 60);
    REQUIRE(again.size() == 90);
    for (size_t i = 0; i < take.size(); ++i) {
        CHECK(take[i].pose.yaw == again[i].pose.yaw);
        CHECK(take[i].expression.jawOpen == again[i].expression.jawOpen);
        CHECK(take[i].expression.blink == again[i].expression.blink);
        CHECK(take[i].expression.smile == again[i].expression.smile);
    }
    CHECK(take[30].backgroundSeed == again[30].backgroundSeed);
    CHECK(take[30].backgroundSeed != other[30].backgroundSeed);
    CHECK(take[30].pose.yaw != other[30].pose.yaw);
}

TEST_CASE("performers turn, talk, blink and smile within their range, without a jump") {
    for (uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        const auto take = performedTake({.seed = seed});
        REQUIRE(take.size() == 240);
        CHECK(most(take, [](const Moment& m) { return std::abs(m.pose.yaw); }) > 15 * kDegree);
        CHECK(most(take, [](const Moment& m) { return std::abs(m.pose.yaw); }) <= 35.1f * kDegree);
        CHECK(most(take, [](const Moment& m) { return std::abs(m.pose.pitch); }) <=
              20.1f * kDegree);
        CHECK(most(take, [](const Moment& m) { return m.expression.blink; }) > 0.9f);
        CHECK(most(take, [](const Moment& m) { return m.expression.jawOpen; }) > 0.4f);
        int closed = 0;
        for (size_t i = 1; i < take.size(); ++i) {
            const Moment &before = take[i - 1], &now = take[i];
            CHECK(std::abs(now.pose.yaw - before.pose.yaw) < 7 * kDegree);
            CHECK(std::abs(now.pose.offset.x - before.pose.offset.x) < 0.5f);
            CHECK(std::abs(now.expression.smile - before.expression.smile) < 0.35f);
            CHECK(now.grainSeed != before.grainSeed);
            CHECK(now.occluder.kind == Occluder::Kind::none);
            REQUIRE(now.shutter);
            // The shutter is open for half the way to the next frame.
            CHECK(std::abs(now.shutter->closed.yaw - now.shutter->opened.yaw) < 4 * kDegree);
            closed += now.expression.blink > 0.8f;
        }
        CHECK(closed < 60);
    }
}

TEST_CASE("a hand passes once, in the middle") {
    const auto take = performedTake({.seed = 2, .frames = 200, .passingHand = true});
    int first = -1, last = -1, count = 0;
    for (int i = 0; i < 200; ++i) {
        if (take[static_cast<size_t>(i)].occluder.kind != Occluder::Kind::none) {
            first = first < 0 ? i : first;
            last = i;
            ++count;
        }
    }
    CHECK(count == last - first + 1);
    CHECK(first > 70);
    CHECK(last < 130);
}
