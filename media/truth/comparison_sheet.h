// One picture to judge a swap of rendered performers by.
#pragma once

#include <filesystem>
#include <string>

#include "media/base/result.h"

namespace understudy::media {

// Rows of source, destination, swap and true swap round the face, at moments spread over the clip.
// `swap`: a movie or a sequence; `truth`: truth/swap_<s>_on_<d>. Errors: as evaluateSwap, and
// cannotWrite.
Status writeComparisonSheet(const std::filesystem::path& path, const std::string& swap,
                            const std::filesystem::path& truth, int rows = 6);

}  // namespace understudy::media
