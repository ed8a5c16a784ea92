// A movie file as a FrameSource.
#pragma once

#include <memory>
#include <string>

#include "media/source/frame_source.h"

namespace understudy::media {

Result<std::unique_ptr<FrameSource>> openMovie(const std::string& path, WantedPixels wanted);

}  // namespace understudy::media
