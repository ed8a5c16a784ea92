// What a face looks like in its picture, small enough to be kept for every face of a clip: what
// qualities, duplicates and identities are judged by once the pictures are gone.
#pragma once

#include <array>
#include <cstdint>

#include "media/align/landmarks.h"
#include "media/frame/image.h"

namespace understudy::media {

struct FaceLook {
    static constexpr int kSide = 32;

    float sharpness = 0;   // see FaceQualities
    float brightness = 0;  // 0 to 1
    // The aligned face (the area of FaceType::fullFace), grey, row-major.
    std::array<uint8_t, kSide * kSide> pixels{};

    bool operator==(const FaceLook&) const = default;
};

// `gray`: u8, one channel, with the landmarks in its pixels.
FaceLook lookOf(const Image& gray, const Landmarks& landmarks);

// 64 bits of which two pictures of one look share most: signs of the lowest cosine frequencies
// against their median.
uint64_t perceptualHash(const FaceLook& look);

}  // namespace understudy::media
