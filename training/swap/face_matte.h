// How much of the plate the new face covers: learned mask, outline of the landmarks and what hides
// the face, measured frame by frame, smoothed over time, then eroded and blurred.
#pragma once

#include "media/frame/image.h"
#include "training/look/composite_options.h"
#include "training/swap/face_geometry.h"
#include "training/swap/occlusion.h"

namespace understudy::training {

// What a network makes of one crop; all f32, R x R. Images have 3 channels, masks 1 (0 to 1).
struct NetworkFace {
    media::Image swap;
    media::Image swapMask;
    media::Image destination;  // its reconstruction of the crop itself
};

// Crops of one side length, f32 with 1 channel, 0 to 1.
struct MatteParts {
    media::Image hull;     // inside the outline, brows raised
    media::Image learned;  // the new face in the eyes of the network
    media::Image visible;  // 0 where something is in front
};

// Side length at which mattes of a network of `resolution` are worked out.
int matteSize(int resolution);

// `usual` says how the clip's face usually differs from the network's; without it what is in front
// is told by the network's reconstruction.
MatteParts measureMatte(const FaceGeometry& face, const media::Image& crop,
                        const NetworkFace& network, const CompositeOptions& options,
                        const UsualFace* usual = nullptr);

// The outline of the landmarks, filled, in a picture of the crop with side `size`.
media::Image faceArea(const FaceGeometry& face, int size);

// sum += factor * parts; an empty sum becomes factor * parts.
void addParts(MatteParts& sum, const MatteParts& parts, float factor);

// The matte to composite with, 0 at the border of the crop. `size` is the matte's side, `width` the
// face's width in matte pixels. `painted`, as large as the matte or empty, has the last word.
media::Image finishMatte(const MatteParts& parts, double width, const CompositeOptions& options,
                         const media::Image& painted = {});

// Where colours are compared: well inside the face, not where something is in front, and hardly
// below the nose. `width` of the face in matte pixels; the weights are as large as the crop.
media::Image colorWeights(const FaceGeometry& face, const MatteParts& parts, double width);

}  // namespace understudy::training
