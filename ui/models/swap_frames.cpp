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

FrameMap FrameMap::counted(std::vector<int64_t> plateFrames, int64_t first) {
    FrameMap map;
    map.counts_ = true;
    map.first_ = first;
    map.plate_ = std::move(plateFrames);
    return map;
}

std::optional<int64_t> FrameMap::inFile(int64_t plateFrame) const {
    if (!counts_) {
        return plateFrame;
    }
    const auto place = std::lower_bound(plate_.begin(), plate_.end(), plateFrame);
    return place != plate_.end() && *place == plateFrame
               ? std::optional<int64_t>(first_ + (place - plate_.begin()))
               : std::nullopt;
}

std::optional<int64_t> FrameMap::ofPlate(int64_t fileFrame) const {
    if (!counts_) {
        return fileFrame;
    }
    const int64_t place = fileFrame - first_;
    return place >= 0 && place < length() ? std::optional(plate_[static_cast<size_t>(place)])
                                          : std::nullopt;
}

}  // namespace understudy::ui
