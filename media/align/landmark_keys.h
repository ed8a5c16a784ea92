// Landmarks that somebody placed: key frames, and what lies between two of them.
#pragma once

#include <cstdint>
#include <map>

#include "media/align/landmarks.h"

namespace understudy::media {

// In place of what was found in a frame. A key was placed by hand; others were made between keys.
struct LandmarkCorrection {
    Landmarks landmarks{};  // plate pixels, centres at +0.5
    bool key = true;
    bool operator==(const LandmarkCorrection&) const = default;
};

// The face at `t` of the way from `a` (0) to `b` (1). Place and turn and size go along the
// similarity that takes one to the other (place straight, turn by angle, size by factor), so that a
// turning head does not shrink on the way; what is left of the shape goes straight.
Landmarks between(const Landmarks& a, const Landmarks& b, double t);

// The same, but what was found in the frame itself leads: what the keys moved against what was
// found in their own frames is carried over, in the size and turn of the face. For landmarks that
// sit wrongly all along, but move well.
struct KeyOverFound {
    Landmarks found{};
    Landmarks key{};
};
Landmarks betweenFollowing(const KeyOverFound& a, const KeyOverFound& b, const Landmarks& found,
                           double t);

// What lies between every two keys that follow one another within `first` to `last`, in the frames
// that `found` has (default landmarks: no face was found there). Straight between the keys, or
// following what was found where there is something. Empty with fewer than two keys.
std::map<int64_t, LandmarkCorrection> betweenKeys(
    const std::map<int64_t, LandmarkCorrection>& corrections,
    const std::map<int64_t, Landmarks>& found, int64_t first, int64_t last, bool following);

}  // namespace understudy::media
