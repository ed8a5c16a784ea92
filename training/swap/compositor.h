// Sets a network's face into its plate: colours, matte, inverse warp, composite, all in float.
//
// A frame's picture depends on its neighbours within CompositeOptions::reach(), through smoothed
// statistics and mattes, and on nothing else: so it does not matter which frames are rendered
// together.
#pragma once

#include <cstdint>
#include <span>

#include "media/frame/frame.h"
#include "training/swap/color_match.h"
#include "training/swap/face_matte.h"
#include "training/swap/plate_colors.h"

namespace understudy::training {

// What one frame contributes to its own picture and to its neighbours'.
struct MeasuredFace {
    media::FrameNumber number = 0;
    FaceGeometry geometry;
    media::Image crop;  // of the plate, f32 R x R
    media::Image swap;  // the network's face, f32 R x R
    MatteParts matte;
    media::Image weights;    // where colours count, R x R
    ColorPair colors;        // from the swap's to the plate's, there
    double plateDetail = 0;  // energy of fine detail, weighted
    double swapDetail = 0;
};

// `usual`: how the clip's face usually differs from the network's, if that was learned.
MeasuredFace measureFace(media::FrameNumber number, const FaceGeometry& geometry, media::Image crop,
                         NetworkFace network, const CompositeOptions& options,
                         const UsualFace* usual = nullptr);

// The face as it goes into the plate, still in the crop.
struct FinishedFace {
    FaceGeometry geometry;
    media::Image pixels;  // f32 R x R, 3 channels
    media::Image matte;   // f32, any side length, 1 channel
};

// `neighbours` holds the frames around `face`, itself among them, in any order; those farther than
// reach() do not count. `painted` (media::correctionOver the matte, or empty): where the face is
// taken from the matte and added to it, whatever else was found.
FinishedFace finishFace(const MeasuredFace& face, std::span<const MeasuredFace* const> neighbours,
                        const CompositeOptions& options, const media::Image& painted = {});

// plate + matte (face - plate), within the box that the crop covers; pixels whose matte is 0 are
// left exactly as they are. `colors` takes the face from the network's encoding to the plate's,
// after the warp. Rounding to integers is dithered, the same way every time.
void composite(media::Frame& plate, const FinishedFace& face, const CompositeOptions& options,
               const PlateColors& colors = {});

// How much of each pixel of a width x height plate is the face, as composite() takes it: u8, the
// same in 3 channels, black where there is no face.
media::Image matteOver(const FinishedFace& face, int width, int height);

// All of it for a frame by itself: for tests and single stills.
void compositeAlone(media::Frame& plate, const FaceGeometry& geometry, NetworkFace network,
                    const CompositeOptions& options);

}  // namespace understudy::training
