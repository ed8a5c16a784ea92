// One face from picture to picture: optical flow carries its landmarks, which are placed anew where
// it says; the detector is asked now and then, and at once where there is doubt.
#pragma once

#include <optional>

#include "media/face/face_finder.h"
#include "media/face/face_flow.h"

namespace understudy::media {

class FaceFollower {
  public:
    // Pictures between two questions to the detector while it agrees.
    static constexpr int kAskEvery = 12;

    // `gray`, where `face` was found, and the pictures of later steps must stay until the step
    // after theirs.
    FaceFollower(FaceFinder& finder, const Image& gray, FaceFound face);

    // The same face in the next picture (the previous one, when going backwards), with its motion
    // since the last step's where that is known. Nothing where it is lost; then there are no
    // further steps.
    std::optional<FaceFound> step(const Image& there);

    const FaceFound& face() const { return face_; }

  private:
    std::optional<FaceFound> carry(const Image& there, const FaceFlow& flow);
    bool plausible(const FaceFound& found, const Landmarks& carried) const;

    FaceFinder* finder_;
    const Image* here_;
    FaceFound face_;
    std::optional<FaceWindow> window_;  // on the picture of the last step
};

}  // namespace understudy::media
