// What lies behind a performer, and what lens, shutter and film make of the light.
#pragma once

#include <cstdint>
#include <vector>

#include "media/frame/image.h"
#include "media/synthetic/performer_renderer.h"

namespace understudy::media {

// Light of a room out of focus at (x, y), each 0 to 1 over the picture; linear RGB.
Vec3 backdrop(float x, float y, uint32_t seed);

// The picture (width x height, linear RGB) smeared over `length` pixels along `angle` (radians,
// counter-clockwise from the right). Less than .6 px is nothing.
void smear(std::vector<Vec3>& linear, int width, int height, float length, float angle);

// u8 RGB, sRGB: film's curve, .55 px of blur, then the moment's grain, stronger in the dark.
Image developed(const std::vector<Vec3>& linear, const Moment& moment, int width, int height);

}  // namespace understudy::media
