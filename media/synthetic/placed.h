// The surfaces of one moment in their places, and what the samples of a pixel meet on them.
#pragma once

#include <cstdint>
#include <vector>

#include "media/synthetic/rasterizer.h"
#include "media/synthetic/vec.h"
#include "media/synthetic/view.h"

namespace understudy::media {

// The first four are meshes, drawn in this order; the others are openings in the head.
enum Part : uint8_t { kNothing, kHead, kEar, kBody, kOccluder, kLeftEye, kRightEye, kMouth };

// A mesh in its place, and what its samples need.
struct Placed {
    const std::vector<uint32_t>* triangles = nullptr;
    std::vector<Vec3> points;
    std::vector<Vec3> normals;
    const std::vector<Vec3>* canonical = nullptr;
    const std::vector<float>* openness = nullptr;
    const std::vector<float>* hair = nullptr;  // of the head alone
    Part part = kNothing;
};

// A place on a surface, from its triangle's corners.
struct Spot {
    Vec3 point, normal, canonical;
    float openness = 0;
    float hair = 0;
};

inline Spot spotOf(const Placed& placed, const Sample& sample) {
    // Drawn with the last two corners exchanged: the picture's y runs down.
    const float weights[3] = {1 - sample.b - sample.c, sample.c, sample.b};
    Spot spot;
    for (uint32_t i = 0; i < 3; ++i) {
        const uint32_t v = (*placed.triangles)[sample.triangle * 3 + i];
        const float w = weights[i];
        spot.point += placed.points[v] * w;
        spot.normal += placed.normals[v] * w;
        spot.canonical += (*placed.canonical)[v] * w;
        spot.openness += (*placed.openness)[v] * w;
        spot.hair += placed.hair != nullptr ? (*placed.hair)[v] * w : 0;
    }
    spot.normal = normalized(spot.normal);
    return spot;
}

// The samples of a pixel that lie together on one surface: lit once, for all of them.
struct Patch {
    Part part = kNothing;
    int count = 0;
    Spot sum;
    Vec3 first;  // canonical place

    bool takes(Part other, Vec3 canonical) const {
        constexpr float kApart = 0.6f;  // centimetres; farther is another side of an edge
        const Vec3 way = canonical - first;
        return part == other && dot(way, way) < kApart * kApart;
    }
    void add(Part where, const Spot& spot) {
        if (count == 0) {
            part = where;
            first = spot.canonical;
        }
        ++count;
        sum.point += spot.point;
        sum.normal += spot.normal;
        sum.canonical += spot.canonical;
        sum.openness += spot.openness;
        sum.hair += spot.hair;
    }
    Spot middle() const {
        const float share = 1.0f / static_cast<float>(count);
        return {sum.point * share, normalized(sum.normal), sum.canonical * share,
                sum.openness * share, sum.hair * share};
    }
};

}  // namespace understudy::media
