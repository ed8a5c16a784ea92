// Where a head is turned to, and how a camera sees it. Centimetres; the picture in samples.
#pragma once

#include "media/synthetic/performer_renderer.h"
#include "media/synthetic/rasterizer.h"

namespace understudy::media {

constexpr float kCameraDistance = 150;  // from the head: a long lens
constexpr float kCameraY = -2.5f;
constexpr float kHeadHeight = 23.7f;

// Rotation with a point that stays.
class Turn {
  public:
    explicit Turn(const HeadPose& pose) : offset_(pose.offset) {
        const float cy = std::cos(pose.yaw), sy = std::sin(pose.yaw);
        const float cp = std::cos(pose.pitch), sp = std::sin(pose.pitch);
        const float cr = std::cos(pose.roll), sr = std::sin(pose.roll);
        const auto yaw = [&](Vec3 v) {
            return Vec3{cy * v.x + sy * v.z, v.y, cy * v.z - sy * v.x};
        };
        const auto pitch = [&](Vec3 v) {
            return Vec3{v.x, cp * v.y + sp * v.z, cp * v.z - sp * v.y};
        };
        const auto roll = [&](Vec3 v) {
            return Vec3{cr * v.x + sr * v.y, cr * v.y - sr * v.x, v.z};
        };
        columns_[0] = roll(pitch(yaw({1, 0, 0})));
        columns_[1] = roll(pitch(yaw({0, 1, 0})));
        columns_[2] = roll(pitch(yaw({0, 0, 1})));
    }
    Vec3 direction(Vec3 v) const {
        return columns_[0] * v.x + columns_[1] * v.y + columns_[2] * v.z;
    }
    Vec3 point(Vec3 p) const { return direction(p - kPivot) + kPivot + offset_; }
    Vec3 directionBack(Vec3 v) const {
        return {dot(columns_[0], v), dot(columns_[1], v), dot(columns_[2], v)};
    }
    Vec3 pointBack(Vec3 p) const { return directionBack(p - kPivot - offset_) + kPivot; }

  private:
    static constexpr Vec3 kPivot{0, -9, -2.5f};  // where the neck bends
    Vec3 columns_[3];
    Vec3 offset_;
};

struct Camera {
    float focal, cx, cy;  // samples

    Camera(const Moment& moment, int width, int height)
        : focal(moment.faceHeight * static_cast<float>(height * kSamplesPerPixel) *
                kCameraDistance / kHeadHeight),
          cx(static_cast<float>(width * kSamplesPerPixel) / 2),
          cy(static_cast<float>(height * kSamplesPerPixel) * 0.47f) {}
    static Vec3 place() { return {0, kCameraY, kCameraDistance}; }
    Projected operator()(Vec3 p) const {
        const float depth = kCameraDistance - p.z;
        return {cx + focal * p.x / depth, cy - focal * (p.y - kCameraY) / depth, depth};
    }
};

}  // namespace understudy::media
