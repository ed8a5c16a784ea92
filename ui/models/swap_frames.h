// SPDX-License-Identifier: GPL-3.0-or-later
// Which frame of the plate each frame of a swap shows. Sequences keep the plate's numbers; movies
// count what was rendered from 1, without holes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/source/frame_source.h"

namespace understudy::ui {

// Of frames `first` to `last` without `missing` (sorted), those in `wanted` ("1001-1010,1020";
// empty or not a list: all), ascending.
std::vector<int64_t> renderedFrames(int64_t first, int64_t last,
                                    const std::vector<int64_t>& missing, const std::string& wanted);

class SwapFrames {
  public:
    SwapFrames() = default;
    // `wanted` as the render was asked for.
    SwapFrames(const media::SourceInfo& swap, const media::SourceInfo& plate,
               const std::string& wanted);

    // Nothing where the plate has no such frame, or where the movie is not as long as what was
    // rendered, so that nobody can say which frames it shows.
    std::optional<int64_t> plateFrame(int64_t swapFrame) const;
    bool known() const { return known_; }

  private:
    bool known_ = false;
    int64_t first_ = 1;           // of the movie
    std::vector<int64_t> plate_;  // by place in the movie, or all of the plate's for a sequence
    bool sequence_ = false;
};

}  // namespace understudy::ui
