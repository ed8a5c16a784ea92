// A window on a face, upright in the picture, in which a face is always about as large. It keeps
// the pyramid that optical flow looks at, so that going on to the next picture takes one new window
// and not two.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "media/align/landmarks.h"
#include "media/frame/image.h"

namespace understudy::media {

class FaceWindow {
  public:
    static constexpr int kSide = 240;    // pixels
    static constexpr double kEyes = 64;  // inter-ocular distance

    // What looks at `gray` (u8, one channel) through `windowFromGray`, a scaling and a shift.
    FaceWindow(const Image& gray, const Affine& windowFromGray);

    // With the face in its middle. Faces of 2 px between the eyes and less have none.
    static std::optional<Affine> about(const Landmarks& face);

    // Whether a face lies so near the middle, and is so nearly the right size, that it can be
    // followed from here.
    bool suits(const Landmarks& face) const;

    const Affine& windowFromGray() const { return windowFromGray_; }
    const Image& pixels() const { return pixels_; }

    // Where points of this window are in another, by optical flow there and back again.
    struct Tracks {
        std::vector<Point> from;
        std::vector<Point> to;
        std::vector<float> roundTrip;  // pixels; large where a point was lost
    };
    Tracks follow(const FaceWindow& there, std::span<const Point> points) const;

  private:
    struct Pyramid;

    Affine windowFromGray_;
    Image pixels_;
    std::shared_ptr<const Pyramid> pyramid_;
};

}  // namespace understudy::media
