#include "media/extract/kept_parts.h"

#include <algorithm>

#include "media/frame/resample.h"

namespace understudy::media {

namespace {

// Smoothing moves a crop by no more than this share of its side, most of the time; one that it
// moves further is decoded again.
constexpr double kSlack = 0.04;

}  // namespace

PixelRect CropShape::rectOf(const Landmarks& landmarks) const {
    return resampledFrom(plateWidth, plateHeight,
                         alignedFromFrame(landmarks, type, size, margin, pixelAspect), size, size);
}

void KeptParts::keep(FrameNumber number, const FramePlanes& planes,
                     std::span<const Landmarks> faces) {
    PixelRect rect;
    for (const Landmarks& face : faces) {
        const PixelRect seen = shape_.rectOf(face);
        const int slack = 1 + static_cast<int>(kSlack * std::max(seen.width, seen.height));
        rect = rect.united(seen.grown(slack, shape_.plateWidth, shape_.plateHeight));
    }
    if (rect.empty()) {
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        if (bytes_ >= mostBytes_) {
            return;
        }
    }
    std::shared_ptr<const FramePart> part = planes.cut(rect);
    const std::scoped_lock lock(mutex_);
    if (bytes_ + part->bytes() <= mostBytes_ && parts_.emplace(number, part).second) {
        bytes_ += part->bytes();
    }
}

std::shared_ptr<const FramePart> KeptParts::partFor(FrameNumber number,
                                                    const Landmarks& face) const {
    const std::scoped_lock lock(mutex_);
    const auto found = parts_.find(number);
    const bool enough =
        found != parts_.end() && found->second->rect().contains(shape_.rectOf(face));
    return enough ? found->second : nullptr;
}

}  // namespace understudy::media
