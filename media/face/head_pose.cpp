#include "media/face/head_pose.h"

#include <algorithm>
#include <cmath>
#include <opencv2/calib3d.hpp>
#include <vector>

namespace understudy::media {

namespace {

struct RigidPoint {
    int landmark;
    cv::Point3d place;
};

// Where the points that expressions move least lie on the mean of our own rendered heads
// (media/synthetic). Centimetres: x to the picture's right, y down, z away from the camera.
const std::vector<RigidPoint>& meanHead() {
    static const std::vector<RigidPoint> points = {
        {27, {0, -0.15, -8.51}}, {28, {0, 1.45, -8.89}},     {29, {0, 3.00, -9.34}},
        {30, {0, 4.50, -10.31}}, {31, {-1.49, 5.06, -8.86}}, {32, {-0.77, 5.28, -8.61}},
        {33, {0, 5.45, -8.47}},  {34, {0.77, 5.28, -8.61}},  {35, {1.49, 5.06, -8.86}},
        {36, {-4.39, 0, -6.28}}, {39, {-1.72, 0, -6.32}},    {42, {1.72, 0, -6.32}},
        {45, {4.39, 0, -6.28}},  {48, {-2.54, 7.42, -7.47}}, {54, {2.54, 7.42, -7.47}}};
    return points;
}

constexpr double kEyesApart = 8.78;      // centimetres, outer corners
constexpr double kCameraDistance = 120;  // centimetres: only sets how strong perspective is
constexpr double kDegrees = 57.29577951308232;

}  // namespace

HeadAngles headAngles(const Landmarks& landmarks) {
    std::vector<cv::Point3d> places;
    std::vector<cv::Point2d> seen;
    Point centre{};
    for (const RigidPoint& point : meanHead()) {
        centre =
            centre + (1.0 / static_cast<double>(meanHead().size())) * landmarks[point.landmark];
    }
    double size = 0;
    for (const RigidPoint& point : meanHead()) {
        const Point p = landmarks[point.landmark] - centre;
        places.push_back(point.place);
        seen.emplace_back(p.x, p.y);
        size = std::max(size, std::hypot(p.x, p.y));
    }
    if (!(size > 1e-3) || !std::isfinite(size)) {
        return {};
    }
    // The axis goes through the face, so that angles are against the line of sight.
    const double focal = size / (kEyesApart / 2) * kCameraDistance;
    const cv::Matx33d camera(focal, 0, 0, 0, focal, 0, 0, 0, 1);
    cv::Vec3d turn;
    cv::Vec3d move;
    try {
        if (!cv::solvePnP(places, seen, camera, cv::noArray(), turn, move, false,
                          cv::SOLVEPNP_SQPNP)) {
            return {};
        }
        cv::solvePnPRefineLM(places, seen, camera, cv::noArray(), turn, move);
    } catch (const cv::Exception&) {
        return {};  // points on a line
    }
    cv::Matx33d r;
    cv::Rodrigues(turn, r);
    // Roll after pitch after yaw, in axes with y down and z away from the camera.
    HeadAngles angles;
    angles.pitch = kDegrees * std::asin(std::clamp(-r(2, 1), -1.0, 1.0));
    angles.yaw = kDegrees * std::atan2(r(2, 0), r(2, 2));
    angles.roll = kDegrees * std::atan2(-r(0, 1), r(1, 1));
    return angles;
}

}  // namespace understudy::media
