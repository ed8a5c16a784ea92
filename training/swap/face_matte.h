// How much of the plate the new face covers: learned mask, outline of the landmarks and what hides
// the face, measured frame by frame, smoothed over time, then eroded and blurred.
#pragma once

#include "media/frame/image.h"
#include "training/swap/composite_options.h"
#include "training/swap/face_geometry.h"

namespace understudy::training {

// What a network makes of one crop; all f32, R x R. Images have 3 channels, masks 1 (0 to 1).
struct NetworkFace {
    media::Image swap;
    media::Image swapMask;
    media::Image destination;  // its reconstruction of the crop itself
    media::Image destinationMask;
};

// Crops of one side length, f32 with 1 channel, 0 to 1.
struct MatteParts {
    media::Image hull;     // inside the outline, brows raised
    media::Image learned;  // face in the eyes of the network, both of swap and destination
    media::Image visible;  // 0 where something is in front
};

// Side length at which mattes of a network of `resolution` are worked out.
int matteSize(int resolution);

MatteParts measureMatte(const FaceGeometry& face, const media::Image& crop,
                        const NetworkFace& network, const CompositeOptions& options);

// sum += factor * parts; an empty sum becomes factor * parts.
void addParts(MatteParts& sum, const MatteParts& parts, float factor);

// The matte to composite with, 0 at the border of the crop. `size` is the matte's side, `width` the
// face's width in matte pixels.
media::Image finishMatte(const MatteParts& parts, double width, const CompositeOptions& options);

// Where colours are compared: well inside the face, not where something is in front.
media::Image colorWeights(const MatteParts& parts, double width, int size);

// 1 where the crop shows what the network expects of this face, 0 where it differs far more than
// usual, which is what a hand in front does. `area` weighs the pixels that count as face.
media::Image visibleFace(const media::Image& crop, const media::Image& reconstruction,
                         const media::Image& area, double width, double sensitivity);

}  // namespace understudy::training
