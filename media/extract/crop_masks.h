// The masks of a clip's crops: the outline of the face, without what is in front of it, with what
// somebody painted. What is in front is learned from crops of the clip itself, as they are packed,
// so that it does not matter which of them are cut in one go.
#pragma once

#include <functional>
#include <span>

#include "media/extract/write_crops.h"
#include "media/face/occlusion_model.h"
#include "media/source/frame_source.h"

namespace understudy::media {

class CropMasks {
  public:
    // One that knows of nothing in front.
    explicit CropMasks(const CropJob& job) : job_(job) {}

    // Which of the job's faces to learn from, spread over the clip; none where the job does not ask
    // for it or has too few.
    std::vector<size_t> wanted() const;
    // `looks`: of those.
    void learn(std::span<const OcclusionLook> looks);
    // The same from the plate, or from what is kept of it. `cropOf` cuts a face as it is packed;
    // several threads call it at once. Errors: those of reading; saved when stopped.
    using CropOf = std::function<Image(const PicturePart& plate, const FaceRecord& face)>;
    Status learnFromPlate(const CropOf& cropOf);

    // `pixels`: the crop of `record`; the size is that of the frame it is from.
    std::vector<uint8_t> maskOf(const FaceRecord& record, const Image& pixels, int plateWidth,
                                int plateHeight) const;

  private:
    const CropJob& job_;
    OcclusionModel model_;
};

// Share of the outline that a mask leaves out.
float hiddenShare(const FaceRecord& record, FaceType type, int size, std::span<const uint8_t> mask);

}  // namespace understudy::media
