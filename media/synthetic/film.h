// What lies behind a performer, and what lens, shutter and film make of the light.
#pragma once

#include <cstdint>
#include <vector>

#include "media/frame/image.h"
#include "media/synthetic/performer_renderer.h"

namespace understudy::media {

// Light of a room out of focus at (x, y), each 0 to 1 over the picture; linear RGB.
Vec3 backdrop(float x, float y, uint32_t seed);

// Way of what a pixel shows while the shutter is open, in pixels.
struct Motion {
    float x = 0, y = 0;
};

// The picture (width x height, linear RGB) smeared along what moves in it; what stands still stays
// sharp (after McGuire et al., "A reconstruction filter for plausible motion blur", 2012).
void smear(std::vector<Vec3>& linear, const std::vector<Motion>& motion, int width, int height);

// How a camera is set for a person: half way, in stops, towards what makes all skins alike.
float exposureFor(Vec3 skin);

// u8 RGB, sRGB: film's curve, .55 px of blur, then the moment's grain, stronger in the dark.
Image developed(const std::vector<Vec3>& linear, float exposure, const Moment& moment, int width,
                int height);

}  // namespace understudy::media
