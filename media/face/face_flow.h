// How the points of a face move between two pictures, by optical flow that is checked forwards and
// backwards.
#pragma once

#include <array>
#include <optional>

#include "media/align/landmarks.h"
#include "media/face/face_window.h"

namespace understudy::media {

struct FaceFlow {
    Landmarks moved{};                          // where the points are in the other picture
    std::array<float, kLandmarkCount> error{};  // expected error of each, in inter-ocular distances
    Affine rigid;                               // the similarity that most of the points follow
    double agreeing = 0;  // share of the points looked at that follow it, 0 to 1
    double likeness = 0;  // correlation of the two faces once the motion is taken out, -1 to 1
};

// `landmarks` of a face in the picture of `here`; both windows look at their pictures alike.
// Nothing when too few points can be followed (a cut, a face that left). Jaw points lie on an
// outline that slides, so they follow the rigid motion.
std::optional<FaceFlow> faceFlow(const FaceWindow& here, const FaceWindow& there,
                                 const Landmarks& landmarks);

// The same for whole pictures: u8, one channel, same size.
std::optional<FaceFlow> faceFlow(const Image& here, const Image& there, const Landmarks& landmarks);

// Where landmarks of the other picture were in this one: `flow` undone at their places.
Landmarks before(const FaceFlow& flow, const Landmarks& here, const Landmarks& there);

}  // namespace understudy::media
