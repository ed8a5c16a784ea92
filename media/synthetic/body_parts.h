// What belongs to a head without being part of its grid: ears, neck and shoulders, and what is held
// before it.
#pragma once

#include <cstdint>
#include <vector>

#include "media/synthetic/performer_renderer.h"
#include "media/synthetic/vec.h"

namespace understudy::media {

struct Mesh {
    std::vector<Vec3> points;
    std::vector<Vec3> canonical;  // for colour; same size
    std::vector<float> openness;
    std::vector<uint32_t> triangles;  // three indices each, counter-clockwise from outside
};

// In the head's space, at rest.
Mesh ears(const Identity& identity);
// In the body's space, whose origin is the head's at rest; `follow` is how much of the head's
// movement a point takes part in, 0 to 1.
Mesh body(const Identity& identity, std::vector<float>& follow);
// In the camera's space, turned as the occluder is.
Mesh occluderMesh(const Occluder& occluder);

std::vector<Vec3> normalsOf(const std::vector<Vec3>& points,
                            const std::vector<uint32_t>& triangles);

}  // namespace understudy::media
