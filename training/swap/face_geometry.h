// Where a face lies in its plate and in the crop a network sees: the same alignment and the same
// resampler as extraction.
#pragma once

#include <optional>

#include "media/align/face_alignment.h"
#include "media/align/landmarks.h"
#include "media/align/transform.h"
#include "media/frame/image.h"
#include "media/frame/resample.h"

namespace understudy::training {

struct FaceGeometry {
    media::Landmarks landmarks{};  // crop pixels
    media::FaceType type = media::FaceType::wholeFace;
    int size = 0;  // of the crop
    media::Affine cropFromPlate;
    double width = 0;  // of the face from brow to brow, in crop pixels; constant for type and size
};

// `landmarks` in plate pixels.
FaceGeometry placeFace(const media::Landmarks& landmarks, media::FaceType type, int size,
                       double pixelAspect);

// A rectangle of whole pixels.
struct Box {
    int x = 0, y = 0, width = 0, height = 0;
};

// The part of a width x height plate that the crop covers, grown by `margin` plate pixels; nothing
// when the crop lies outside.
std::optional<Box> coveredBox(const FaceGeometry& face, int width, int height, double margin);

// A copy of a part, as f32 (integer samples scaled to 0..1) with 3 or 4 channels.
media::Image floatPart(const media::Image& image, const Box& box);

// The crop as f32 with 3 channels, computed in float; the plate's edge goes on outside of it.
// Nothing when the face lies outside the plate.
std::optional<media::Image> cropFace(const media::Image& plate, const FaceGeometry& face);

// The whole picture at another size, by the same resampler.
media::Image resized(const media::Image& image, int size, media::Border border);

}  // namespace understudy::training
