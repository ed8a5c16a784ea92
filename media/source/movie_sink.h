// Writes an H.264 movie.
#pragma once

#include <memory>
#include <string>

#include "media/source/frame_sink.h"

namespace understudy::media {

Result<std::unique_ptr<FrameSink>> createMovieSink(const std::string& path,
                                                   const SinkOptions& options);

}  // namespace understudy::media
