// One face as the search for what is in front of it sees it: small, aligned and in colour.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "media/align/landmarks.h"
#include "media/frame/image.h"

namespace understudy::media {

struct OcclusionLook {
    static constexpr int kSide = 40;  // the area of FaceType::wholeFace
    static constexpr int kPixels = kSide * kSide;
    static constexpr int kPoseTerms = 6;
    static constexpr int kShape = kLandmarkCount - 17;  // jaw apart

    int64_t frame = 0;
    // Lightness and two differences of chroma, one plane after the other, about 0 to 1.
    std::array<float, 3 * size_t{kPixels}> colors{};
    std::array<float, kPixels> hull{};  // 0 to 1: inside the face's outline
    // What a look may follow from: 1, yaw, pitch, yaw squared, mouth and eyes open; each about 1.
    std::array<float, kPoseTerms> pose{};
    std::array<Point, kShape> shape{};  // landmarks, in its pixels
};

// `crop` as extraction packs it: 3 channels of any type, display or log values; `landmarks` in its
// pixels.
OcclusionLook occlusionLook(int64_t frame, const Image& crop, const Landmarks& landmarks);

// Mean distance of the landmarks, in pixels of a look.
float shapeDistance(const OcclusionLook& a, const OcclusionLook& b);

}  // namespace understudy::media
