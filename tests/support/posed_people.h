// Rendered people whose heads are turned every way, as their true landmarks show them: for tests of
// what tells the turn of a head. Header only, so that those alone need media/synthetic.
#pragma once

#include <functional>
#include <vector>

#include "media/synthetic/true_landmarks.h"

namespace understudy::tests {

constexpr float kDegree = 0.0174533f;

// Twelve people in fifteen poses each, with the expressions that go with them; `see` gets what a
// camera of 640 x 480 sees, and the pose.
inline void walkPosedPeople(
    const std::function<void(const media::Landmarks&, const media::HeadPose&)>& see) {
    using namespace media;
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
                pose.roll = (static_cast<float>(seed % 3) - 1.0f) * 12 * kDegree;
                std::vector<Vec3> points = shape.posed(expression);
                for (Vec3& point : points) {
                    point = Turn(pose).point(point);
                }
                see(trueLandmarks(points, identity, expression, camera), pose);
            }
        }
    }
}

}  // namespace understudy::tests
