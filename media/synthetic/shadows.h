// The shadows that a far light throws.
#pragma once

#include <vector>

#include "media/synthetic/placed.h"
#include "media/synthetic/rasterizer.h"
#include "media/synthetic/vec.h"

namespace understudy::media {

class Shadows {
  public:
    explicit Shadows(Vec3 toLight) : map_(kShadowSize), forward_(normalized(toLight)) {
        right_ = normalized(cross({0, 1, 0}, forward_));
        up_ = cross(forward_, right_);
    }
    void add(const Placed& placed) {
        std::vector<Projected> seen(placed.points.size());
        for (size_t i = 0; i < seen.size(); ++i) {
            seen[i] = project(placed.points[i]);
        }
        for (size_t t = 0; t < placed.triangles->size(); t += 3) {
            map_.draw(seen[(*placed.triangles)[t]], seen[(*placed.triangles)[t + 1]],
                      seen[(*placed.triangles)[t + 2]]);
        }
    }
    float lit(Vec3 p) const {
        const Projected q = project(p);
        return map_.lit(q.x, q.y, q.z);
    }

  private:
    static constexpr int kShadowSize = 512;
    static constexpr float kShadowSpan = 44;  // centimetres that the map covers

    Projected project(Vec3 p) const {
        const Vec3 centred = p - Vec3{0, -3, 0};
        const float scale = kShadowSize / kShadowSpan;
        return {dot(centred, right_) * scale + kShadowSize / 2.0f,
                kShadowSize / 2.0f - dot(centred, up_) * scale, -dot(centred, forward_)};
    }

    DepthMap map_;
    Vec3 forward_, right_, up_;
};

}  // namespace understudy::media
