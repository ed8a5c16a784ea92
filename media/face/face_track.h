// One performer through a clip, with landmarks that do not tremble.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "media/face/face_finder.h"
#include "media/frame/frame.h"

namespace understudy::media {

// The faces of one frame, in analysis pixels.
struct FrameFaces {
    FrameNumber number = 0;
    std::vector<FaceFound> faces;
};

// Landmarks of one track, smoothed without lag: the least-squares path between what was placed in
// each frame and how the pixels moved from frame to frame (a tridiagonal system for each
// coordinate), so that fast motion is followed and trembling is not. `track`: one entry a frame,
// nothing where missed; frames are consecutive where their numbers are.
std::vector<std::optional<Landmarks>> smoothTrack(std::span<const FrameNumber> numbers,
                                                  std::span<const std::optional<FaceFound>> track,
                                                  int threads = 1);

// For each face the mean distance of the 51 inner landmarks from a parabola through the three
// neighbours on either side, in the landmarks' pixels; 0 where there are not at least two on each.
// A leap of more than 0.6 inter-ocular distances is a cut, beyond which there are no neighbours.
std::vector<float> trackJitter(std::span<const FrameNumber> numbers,
                               std::span<const std::optional<Landmarks>> track);

}  // namespace understudy::media
