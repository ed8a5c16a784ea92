// What can be measured of one face, for sorting, filtering and choosing what a network learns from.
#pragma once

#include <bit>
#include <cstdint>

namespace understudy::media {

struct FaceQualities {
    // Share of fine detail in the aligned crop: 0 for a blur, about 0.3 and more in focus. Neither
    // size, contrast nor brightness of the face change it, down to crops that had to be enlarged.
    float sharpness = 0;
    // Of the head, degrees, as the camera sees it: yaw to the picture's right, pitch up, roll
    // clockwise.
    float yaw = 0;
    float pitch = 0;
    float roll = 0;
    float size = 0;        // side of the face's box in plate pixels
    float brightness = 0;  // mean of the face, 0 to 1 as displayed
    // 0 to 1: share of the face that looks unlike itself elsewhere in the clip: in grey, or by
    // colour as its mask leaves it out, whichever is more.
    float occlusion = 0;
    float outlier = 0;  // deviations from what is usual in the clip; above kOutlier it is odd
    uint64_t hash = 0;  // perceptual: near-duplicates differ in few bits

    bool operator==(const FaceQualities&) const = default;
};

constexpr float kOccluded = 0.15f;  // occlusion from here on is worth a look
constexpr float kOutlier = 3;       // outlier from here on too
// Something is in front of the face, or it is unlike the rest.
inline bool worthALook(const FaceQualities& face) {
    return face.occlusion >= kOccluded || face.outlier > kOutlier;
}

constexpr int kNearDuplicate = 4;  // bits by which the hashes of near-duplicates differ at most

inline int hashDistance(uint64_t a, uint64_t b) {
    return std::popcount(a ^ b);
}

}  // namespace understudy::media
