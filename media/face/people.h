// Who is who in a clip: the faces of all its frames, sorted into people. Faces that move on from
// frame to frame are one stretch; stretches that look alike, or go on where another ended, are one
// person, unless both are there in the same frame. So identities stay through turns, blinks, hands
// that pass, cuts and people who leave and come back.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "media/face/face_track.h"

namespace understudy::media {

struct Person {
    std::vector<std::optional<size_t>> faces;  // one entry a frame: which of its faces
    int64_t frames = 0;                        // with a face
    FrameNumber first = 0;
    FrameNumber last = 0;
    double size = 0;    // mean side of the face in pixels, as a detector's box
    double weight = 0;  // frames, counted more where the face is large, central and sure
};

// The most weight first. Those of fewer than five frames are left out, except the first of all.
// `width`, `height`: of the pictures.
std::vector<Person> findPeople(std::span<const FrameFaces> frames, int width, int height);

// The faces of the first of them.
std::vector<std::optional<size_t>> chooseTrack(std::span<const FrameFaces> frames, int width,
                                               int height);

}  // namespace understudy::media
