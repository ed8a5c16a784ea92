#include "media/face/occlusion_look.h"

#include <algorithm>

#include "media/align/face_alignment.h"
#include "media/align/face_mask.h"
#include "media/face/head_pose.h"
#include "media/frame/resample.h"

namespace understudy::media {

namespace {

void fillColors(OcclusionLook& look, const Image& small) {
    constexpr float kChroma = 2;  // chroma varies less than lightness
    constexpr size_t kPixels = OcclusionLook::kPixels;
    const float* rgb = small.row<float>(0);
    for (size_t i = 0; i < kPixels; ++i, rgb += 3) {
        look.colors[i] = (rgb[0] + rgb[1] + rgb[2]) / 3;
        look.colors[kPixels + i] = kChroma * (rgb[0] - rgb[1]);
        look.colors[2 * kPixels + i] = kChroma * ((rgb[0] + rgb[1]) / 2 - rgb[2]);
    }
}

void fillPose(OcclusionLook& look, const Landmarks& landmarks) {
    constexpr double kDegrees = 45;
    const HeadAngles angles = headAngles(landmarks);
    const double eyes = std::max(1.0, distance(landmarks[36], landmarks[45]));
    const auto yaw = static_cast<float>(angles.yaw / kDegrees);
    const double mouth = 4 * distance(landmarks[62], landmarks[66]) / eyes;
    const double lids =
        5 * (distance(landmarks[37], landmarks[41]) + distance(landmarks[43], landmarks[47])) /
        eyes;
    look.pose = {1,
                 yaw,
                 static_cast<float>(angles.pitch / kDegrees),
                 yaw * yaw,
                 static_cast<float>(mouth),
                 static_cast<float>(lids)};
}

}  // namespace

OcclusionLook occlusionLook(int64_t frame, const Image& crop, const Landmarks& landmarks) {
    constexpr int kSide = OcclusionLook::kSide;
    OcclusionLook look;
    look.frame = frame;
    const Affine fromCrop = alignedFromFrame(landmarks, FaceType::wholeFace, kSide);
    fillColors(look, toFloat(resample(crop, fromCrop, kSide, kSide, Border::replicate)));
    const Landmarks inLook = transformed(landmarks, fromCrop);
    const std::vector<uint8_t> hull =
        rasterize(faceHull(inLook, browRaiseFor(FaceType::wholeFace)), kSide, kSide);
    // What lies outside of a tight crop is not known.
    const Affine cropFromLook = fromCrop.inverse();
    for (int i = 0; i < OcclusionLook::kPixels; ++i) {
        const Point place = cropFromLook({i % kSide + 0.5, i / kSide + 0.5});
        const bool inside =
            place.x >= 0 && place.y >= 0 && place.x < crop.width() && place.y < crop.height();
        look.hull[static_cast<size_t>(i)] =
            inside ? static_cast<float>(hull[static_cast<size_t>(i)]) / 255.0f : 0.0f;
    }
    fillPose(look, inLook);
    std::copy(inLook.begin() + 17, inLook.end(), look.shape.begin());
    return look;
}

float shapeDistance(const OcclusionLook& a, const OcclusionLook& b) {
    double sum = 0;
    for (size_t i = 0; i < a.shape.size(); ++i) {
        sum += distance(a.shape[i], b.shape[i]);
    }
    return static_cast<float>(sum / static_cast<double>(a.shape.size()));
}

}  // namespace understudy::media
