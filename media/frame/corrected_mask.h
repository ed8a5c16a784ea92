// Painted corrections where masks are: in the pixels of a crop, or of the plate itself.
#pragma once

#include <cstdint>
#include <span>

#include "media/align/mask_correction.h"
#include "media/align/transform.h"
#include "media/frame/image.h"

namespace understudy::media {

// u8, 2 channels: how much of the face is added and how much removed, 0 to 255 each. `outFromPlate`
// takes the pixels of a plate of plateWidth x plateHeight to those of the result.
Image correctionOver(const MaskCorrection& correction, int plateWidth, int plateHeight,
                     const Affine& outFromPlate, int outWidth, int outHeight);

// What a mask of 0 to 1 becomes: what is removed is removed whatever was there, what is added is
// face whatever hid it.
inline float correctedMask(float mask, uint8_t added, uint8_t removed) {
    const float more = mask + (1 - mask) * static_cast<float>(added) / 255.0f;
    return more * (1 - static_cast<float>(removed) / 255.0f);
}

// The same for a mask of bytes as large as `over`, a result of correctionOver.
void correctMask(std::span<uint8_t> mask, const Image& over);

}  // namespace understudy::media
