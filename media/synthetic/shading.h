// What a surface of a rendered performer looks like at a sample. Linear RGB, centimetres in
// canonical coordinates (head_shape.h).
#pragma once

#include "media/synthetic/head_shape.h"
#include "media/synthetic/performer_renderer.h"

namespace understudy::media {

struct Surface {
    Vec3 color;       // diffuse reflectance
    float gloss = 0;  // strength of the highlight
    float sharpness = 20;
    float scatter = 0;  // 1: skin, light creeps around its curves
    Vec3 bumps;         // added to the normal
};

Surface mix(const Surface& a, const Surface& b, float t);

// Skin of `id` at a canonical place; `fine` scales details that are smaller than a sample away.
Surface skinAt(Vec3 canonical, const Identity& id, const Expression& expression, float fine);
Surface hairAt(Vec3 canonical, const Identity& id);
Surface earAt(Vec3 canonical, const Identity& id, const Expression& expression, float fine);
// The eyeball, by the direction from its centre to the sample in the head's space; `lid` is the
// distance to the upper lid's edge, which shades it.
Surface eyeAt(Vec3 direction, const Identity& id, const Expression& expression, float lid);

// Teeth, gums or throat behind the open lips: what the view from `from` along `direction` (head's
// space) meets, with its normal and how open it lies.
Surface mouthAt(Vec3 from, Vec3 direction, const Expression& expression, Vec3& normal,
                float& openness);

constexpr float kLipHalfWidth = kMouthHalfWidth + 0.25f;  // of the red of the lips
// Height of a brow's middle at `along` (0 at the nose, 1 at the temple), and x there.
float browMiddle(float along, const Identity& id);
float browX(float along);
// Edges of the red of the lips at `x` (0 in the middle, 1 at the corners).
float lipTop(float x, const Identity& id);
float lipBottom(float x, const Identity& id);

// Light from key (`lit` of it arrives) and sky that leaves towards the viewer; unit vectors.
Vec3 shade(const Surface& surface, Vec3 normal, Vec3 toViewer, const Lighting& lighting, float lit,
           float openness);

}  // namespace understudy::media
