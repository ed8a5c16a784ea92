// A landmark model in the form it is used in, kept in the user's cache folder: reading the original
// takes a fifth of a second, which is long beside a shot of two seconds, and this a tenth of it.
#pragma once

#include <filesystem>

#include "media/base/result.h"
#include "media/face/shape_trees.h"

namespace understudy::media {

// As ShapeTrees::read. A kept form is used when it belongs to the file as it is now and is whole;
// otherwise the file is read, and its form kept where that is possible; an empty folder keeps none.
Result<ShapeTrees> readKeptShapeTrees(const std::filesystem::path& file,
                                      const std::filesystem::path& cacheFolder);

}  // namespace understudy::media
