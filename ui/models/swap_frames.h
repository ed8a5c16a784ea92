// SPDX-License-Identifier: GPL-3.0-or-later
// Which frame of a file shows which frame of the plate. Plates and sequences have the plate's
// numbers; movies of swaps count what was rendered from 1, without holes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace understudy::ui {

// Of frames `first` to `last` without `missing` (sorted), those in `wanted` ("1001-1010,1020";
// empty or not a list: all), ascending.
std::vector<int64_t> renderedFrames(int64_t first, int64_t last,
                                    const std::vector<int64_t>& missing, const std::string& wanted);

class FrameMap {
  public:
    // The file has the plate's numbers.
    FrameMap() = default;
    // The file counts these frames of the plate, ascending, from `first`.
    static FrameMap counted(std::vector<int64_t> plateFrames, int64_t first = 1);

    bool counts() const { return counts_; }
    int64_t length() const { return static_cast<int64_t>(plate_.size()); }  // of what is counted
    std::optional<int64_t> inFile(int64_t plateFrame) const;
    std::optional<int64_t> ofPlate(int64_t fileFrame) const;

  private:
    bool counts_ = false;
    int64_t first_ = 1;
    std::vector<int64_t> plate_;
};

}  // namespace understudy::ui
