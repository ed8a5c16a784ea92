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

    // Looks at faces spread over the clip where the job asks for it. `cropOf` cuts a face as it is
    // packed; several threads call it at once. Errors: those of reading; saved when stopped.
    using CropOf = std::function<Image(const Frame& frame, const FaceTruth& face)>;
    Status learn(FrameSource& source, const CropOf& cropOf);

    // `pixels`: the crop of `record`; `plate`: the size of the frame it is from.
    std::vector<uint8_t> maskOf(const FaceRecord& record, const Image& pixels,
                                const Image& plate) const;

  private:
    const CropJob& job_;
    OcclusionModel model_;
};

// Share of the outline that a mask leaves out.
float hiddenShare(const FaceRecord& record, FaceType type, int size, std::span<const uint8_t> mask);

}  // namespace understudy::media
