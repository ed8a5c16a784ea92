#include "media/align/head_yaw.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "media/align/face_alignment.h"
#include "media/align/mean_head.h"
#include "tests/support/posed_people.h"

using namespace understudy::media;
using namespace understudy::tests;

namespace {

// The mean head under an orthographic camera.
Landmarks meanFace(double yaw, double pitch, double roll) {
    const double cy = std::cos(yaw * kDegree), sy = std::sin(yaw * kDegree);
    const double cp = std::cos(pitch * kDegree), sp = std::sin(pitch * kDegree);
    const double cr = std::cos(roll * kDegree), sr = std::sin(roll * kDegree);
    Landmarks landmarks{};
    for (const HeadPoint& point : kMeanHead) {
        // Away from the camera is +z: a head that turns to the picture's right takes its nose
        // there.
        const double x = cy * point.x - sy * point.z, z = sy * point.x + cy * point.z;
        const double y = cp * point.y + sp * z;
        landmarks[static_cast<size_t>(point.landmark)] = {300 + 7 * (cr * x - sr * y),
                                                          200 + 7 * (sr * x + cr * y)};
    }
    return landmarks;
}

}  // namespace

TEST_CASE("the yaw of the mean head is exact however it nods, leans and is scaled") {
    for (const double yaw : {-70.0, -35.0, 0.0, 12.5, 60.0}) {
        for (const double pitch : {-25.0, 0.0, 25.0}) {
            for (const double roll : {-40.0, 0.0, 100.0}) {
                CAPTURE(yaw, pitch, roll);
                const Landmarks seen = meanFace(yaw, pitch, roll);
                CHECK(headYaw(seen) == Approx(yaw).margin(0.01));
                const Affine crop = alignedFromFrame(meanFace(0, 0, 0), FaceType::wholeFace, 96);
                CHECK(headYaw(transformed(seen, crop)) == Approx(yaw).margin(0.01));
            }
        }
    }
}

TEST_CASE("the yaw of rendered people follows from their true landmarks") {
    double error = 0;
    int count = 0;
    walkPosedPeople([&](const Landmarks& seen, const HeadPose& pose) {
        error += std::abs(headYaw(seen) - static_cast<double>(pose.yaw / kDegree));
        ++count;
    });
    INFO("mean error " << error / count << " degrees of " << count << " faces");
    CHECK(error / count < 3);
}

TEST_CASE("points that are no face's have no yaw") {
    CHECK(headYaw({}) == 0);
    Landmarks line{};
    for (size_t i = 0; i < line.size(); ++i) {
        line[i] = {static_cast<double>(i), 2.0 * static_cast<double>(i)};
    }
    CHECK(headYaw(line) == 0);
    Landmarks broken = meanFace(10, 0, 0);
    broken[30].x = std::nan("");
    CHECK(headYaw(broken) == 0);
}
