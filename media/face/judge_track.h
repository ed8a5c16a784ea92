// Measures every face of a performer in a clip, also against the others: what is before it, what is
// odd about it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "media/align/face_qualities.h"
#include "media/face/face_finder.h"
#include "media/frame/frame.h"

namespace understudy::media {

// `track` and `plate`: one entry a frame, nothing where missed; `plate` has the final landmarks in
// plate pixels, whose width is `pixelAspect` times their height. Needs a few dozen faces to compare
// with: in shorter clips occlusion and outlier stay 0.
std::vector<std::optional<FaceQualities>> judgeTrack(
    std::span<const FrameNumber> numbers, std::span<const std::optional<FaceFound>> track,
    std::span<const std::optional<Landmarks>> plate, double pixelAspect, int threads = 1);

}  // namespace understudy::media
