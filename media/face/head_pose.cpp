#include "media/face/head_pose.h"

#include <algorithm>
#include <cmath>
#include <opencv2/calib3d.hpp>
#include <vector>

#include "media/align/mean_head.h"

namespace understudy::media {

namespace {

constexpr double kEyesApart = 8.78;      // centimetres, outer corners
constexpr double kCameraDistance = 120;  // centimetres: only sets how strong perspective is
constexpr double kDegrees = 57.29577951308232;

}  // namespace

HeadAngles headAngles(const Landmarks& landmarks) {
    std::vector<cv::Point3d> places;
    std::vector<cv::Point2d> seen;
    Point centre{};
    for (const HeadPoint& point : kMeanHead) {
        centre = centre + (1.0 / static_cast<double>(kMeanHead.size())) * landmarks[point.landmark];
    }
    double size = 0;
    for (const HeadPoint& point : kMeanHead) {
        const Point p = landmarks[point.landmark] - centre;
        places.emplace_back(point.x, point.y, point.z);
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
