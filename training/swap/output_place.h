// Where a render may be written: never onto its plate.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/source/frame_source.h"

namespace understudy::training {

// Also under different names, and of files that are not there yet.
bool sameFile(const std::filesystem::path& a, const std::filesystem::path& b);

// Errors: usage, where `out` (a movie, or the pattern of a sequence) would replace the plate or one
// of these frames of it.
Status refusePlate(const std::string& out, const media::SourceInfo& plate,
                   const std::vector<media::FrameNumber>& frames);

}  // namespace understudy::training
