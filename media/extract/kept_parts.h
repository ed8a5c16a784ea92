// What the search decoded around the faces it found, so that cutting their crops need not decode
// the clip again.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "media/align/face_alignment.h"
#include "media/frame/frame.h"

namespace understudy::media {

// How faces are cut out of the frames of one plate.
struct CropShape {
    FaceType type = FaceType::wholeFace;
    int size = 256;
    double margin = 0.15;
    int plateWidth = 0;
    int plateHeight = 0;
    double pixelAspect = 1;

    // What a crop of this face looks at.
    PixelRect rectOf(const Landmarks& landmarks) const;
};

// Any thread may use it.
class KeptParts {
  public:
    // Keeps no more than `mostBytes`: the frames that come first.
    KeptParts(const CropShape& shape, size_t mostBytes) : shape_(shape), mostBytes_(mostBytes) {}

    // `faces` in pixels of the frame, about where they will be when they are smoothed.
    void keep(FrameNumber number, const FramePlanes& planes, std::span<const Landmarks> faces);

    // With all that the crop of this face looks at, or null.
    std::shared_ptr<const FramePart> partFor(FrameNumber number, const Landmarks& face) const;

  private:
    CropShape shape_;
    size_t mostBytes_;
    mutable std::mutex mutex_;
    size_t bytes_ = 0;
    std::map<FrameNumber, std::shared_ptr<const FramePart>> parts_;
};

}  // namespace understudy::media
