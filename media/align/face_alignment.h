// Where the crop of a face lies in its frame: one closed form for extraction, training and swap.
// Formulas: similarity of 33 landmarks to a template face, then a crop of the face type's own
// extent (template, pads and centres as published for the DFL face types).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "media/align/landmarks.h"
#include "media/align/transform.h"

namespace understudy::media {

enum class FaceType : uint8_t {
    halfFace = 0,
    midfullFace = 1,
    fullFace = 2,
    wholeFace = 3,
    head = 4
};

// "half_face", "midfull_face", "full_face", "whole_face", "head".
std::string_view faceTypeName(FaceType type);
std::optional<FaceType> faceTypeFromName(std::string_view name);

// Crop pixel = alignedFromFrame(frame pixel), both with centres at +0.5; the crop is size x size,
// and crops of different sizes show exactly the same area. `margin` enlarges the shown area on
// every side by that fraction of the trained area (packs keep 0.15). A frame with non-square pixels
// is unsqueezed by the transform: pass its pixel aspect.
Affine alignedFromFrame(const Landmarks& landmarks, FaceType type, int size, double margin = 0,
                        double pixelAspect = 1);

}  // namespace understudy::media
