// Finds what is in front of a face: hands, hair, microphones. No network was taught them, but they
// are where the plate differs from the network's face by far more than it usually does.
//
// What plate and swap differ by is mostly who the two people are, and that stays in its place in
// the crop. So the median of the difference over the clip is learned first, with its spread; what
// then differs from the median in one frame is in front. Expressions, which plate and swap share,
// do not count, and neither does the softness of a young network.
#pragma once

#include <map>
#include <vector>

#include "media/align/landmarks.h"
#include "media/frame/frame.h"
#include "training/swap/face_geometry.h"

namespace understudy::training {

// How a clip's face usually differs from the network's. Crops f32 R x R.
struct UsualFace {
    media::Image difference;  // plate - swap, smoothed, median over frames, 3 channels
    media::Image spread;      // how far from it frames usually are, 1 channel

    bool known() const { return !difference.empty(); }
};

// One frame's part in it; crops f32 R x R with 3 channels.
struct FaceSample {
    media::Image crop;  // of the plate
    media::Image swap;
    FaceGeometry geometry;
};

// Frames to sample from a clip for a usual face, and the fewest that make one.
constexpr size_t kUsualSamples = 40;
constexpr size_t kFewestSamples = 9;

// Which of the frames with faces those are.
std::vector<media::FrameNumber> usualFrames(
    const std::map<media::FrameNumber, media::Landmarks>& faces);

// Not known for too few samples.
UsualFace learnUsualFace(const std::vector<FaceSample>& samples);

// 1 where the face is seen, 0 where something is in front; soft between. `sensitivity` 1 is usual.
media::Image visibleAsUsual(const media::Image& crop, const media::Image& swap,
                            const media::Image& area, double width, double sensitivity,
                            const UsualFace& usual);

// The same by the network's reconstruction of the crop itself, for clips that are too short to
// learn from.
media::Image visibleAsReconstructed(const media::Image& crop, const media::Image& reconstruction,
                                    const media::Image& area, double width, double sensitivity);

}  // namespace understudy::training
