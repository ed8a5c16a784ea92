// Frame lists as artists write them: "1001-1010,1020", with steps as "1001-1100x10".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

// Ascending and without doubles. Errors: usage, naming the part that is not understood; also for
// more than ten million frames.
Result<std::vector<int64_t>> parseFrameRanges(std::string_view text);

// The shortest such text for ascending numbers: "1001-1010,1020".
std::string frameRangesText(const std::vector<int64_t>& frames);

}  // namespace understudy::training
