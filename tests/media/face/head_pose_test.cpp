#include <catch2/catch.hpp>
#include <cmath>

#include "media/face/head_pose.h"
#include "tests/media/face/rendered_take.h"
#include "tests/support/posed_people.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

struct MeanError {
    double yaw = 0, pitch = 0, roll = 0;
    int count = 0;

    void add(const HeadAngles& found, const HeadPose& truth) {
        yaw += std::abs(found.yaw - truth.yaw / kDegree);
        pitch += std::abs(found.pitch - truth.pitch / kDegree);
        roll += std::abs(found.roll - truth.roll / kDegree);
        ++count;
    }
    std::string text() const {
        return "mean errors: yaw " + std::to_string(yaw / count) + ", pitch " +
               std::to_string(pitch / count) + ", roll " + std::to_string(roll / count) +
               " degrees of " + std::to_string(count) + " faces";
    }
};

}  // namespace

TEST_CASE("the turn of a head follows from its true landmarks") {
    MeanError error;
    walkPosedPeople(
        [&](const Landmarks& seen, const HeadPose& pose) { error.add(headAngles(seen), pose); });
    INFO(error.text());
    CHECK(error.yaw / error.count < 2);
    CHECK(error.pitch / error.count < 4);
    CHECK(error.roll / error.count < 1.5);
    CHECK(std::isfinite(headAngles({}).yaw));
}

TEST_CASE("the turn of a head follows from landmarks as they are found") {
    MeanError error;
    for (const uint64_t seed : {3, 8}) {
        const RenderedTake take = renderedTake(seed, {.seed = seed, .stage = seed, .frames = 72});
        const FoundTrack found = trackOf(take);
        for (size_t i = 0; i < take.frames.size(); ++i) {
            if (found.smooth[i]) {
                error.add(headAngles(*found.smooth[i]), take.moments[i].pose);
            }
        }
    }
    INFO(error.text());
    CHECK(error.count > 130);
    CHECK(error.yaw / error.count < 5);
    CHECK(error.pitch / error.count < 7);
    CHECK(error.roll / error.count < 3);
}
