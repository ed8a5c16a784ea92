// What belongs to a head without being part of its grid: ears, neck and shoulders, and what is held
// before it. Centimetres.
#pragma once

#include <vector>

#include "media/synthetic/mesh.h"
#include "media/synthetic/performer_renderer.h"

namespace understudy::media {

// In the head's space, at rest.
Mesh ears(const Identity& identity);
// In the body's space, whose origin is the head's at rest; `follow` is how much of the head's
// movement a point takes part in, 0 to 1.
Mesh body(const Identity& identity, std::vector<float>& follow);
// In the camera's space, turned as the occluder is.
Mesh occluderMesh(const Occluder& occluder);

}  // namespace understudy::media
