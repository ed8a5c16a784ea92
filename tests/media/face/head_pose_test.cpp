#include <catch2/catch.hpp>
#include <cmath>

#include "media/face/head_pose.h"
#include "media/synthetic/true_landmarks.h"
#include "tests/media/face/rendered_take.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr float kDegree = 0.0174533f;

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
    const Camera camera(Moment{}, 640, 480);
    for (uint64_t seed = 1; seed <= 12; ++seed) {
        const Identity identity = identityOf(seed);
        const HeadShape shape(identity);
        for (const float yaw : {-35.0f, -20.0f, 0.0f, 20.0f, 35.0f}) {
            for (const float pitch : {-20.0f, 0.0f, 20.0f}) {
                Expression expression;
                expression.jawOpen = yaw < 0 ? 0.5f : 0.0f;
                expression.smile = pitch > 0 ? 0.7f : 0.0f;
                HeadPose pose;
                pose.yaw = yaw * kDegree;
                pose.pitch = pitch * kDegree;
                pose.roll = (seed % 3 - 1.0f) * 12 * kDegree;
                std::vector<Vec3> points = shape.posed(expression);
                for (Vec3& point : points) {
                    point = Turn(pose).point(point);
                }
                error.add(headAngles(trueLandmarks(points, identity, expression, camera)), pose);
            }
        }
    }
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
