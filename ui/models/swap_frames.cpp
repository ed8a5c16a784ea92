// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/swap_frames.h"

#include <algorithm>

#include "media/source/frame_list.h"

namespace understudy::ui {

std::vector<int64_t> renderedFrames(int64_t first, int64_t last,
                                    const std::vector<int64_t>& missing,
                                    const std::string& wanted) {
    const auto list = wanted.empty() ? std::nullopt : [&wanted] {
        auto parsed = media::FrameList::parse(wanted);
        return parsed.ok() ? std::optional(std::move(*parsed)) : std::nullopt;
    }();
    std::vector<int64_t> frames;
    for (int64_t frame = first; frame <= last; ++frame) {
        if ((!list || list->contains(frame)) &&
            !std::binary_search(missing.begin(), missing.end(), frame)) {
            frames.push_back(frame);
        }
    }
    return frames;
}

SwapFrames::SwapFrames(const media::SourceInfo& swap, const media::SourceInfo& plate,
                       const std::string& wanted)
    : first_(swap.first), sequence_(swap.kind == media::SourceInfo::Kind::sequence) {
    plate_ =
        renderedFrames(plate.first, plate.last, plate.missing, sequence_ ? std::string() : wanted);
    known_ = sequence_ || static_cast<int64_t>(plate_.size()) == swap.frames;
}

std::optional<int64_t> SwapFrames::plateFrame(int64_t swapFrame) const {
    if (!known_) {
        return std::nullopt;
    }
    if (sequence_) {
        return std::binary_search(plate_.begin(), plate_.end(), swapFrame)
                   ? std::optional(swapFrame)
                   : std::nullopt;
    }
    const int64_t place = swapFrame - first_;
    return place >= 0 && place < static_cast<int64_t>(plate_.size())
               ? std::optional(plate_[static_cast<size_t>(place)])
               : std::nullopt;
}

}  // namespace understudy::ui
