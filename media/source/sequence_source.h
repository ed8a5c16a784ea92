// Numbered pictures as a FrameSource.
#pragma once

#include <memory>

#include "media/source/found_sequence.h"
#include "media/source/frame_source.h"

namespace understudy::media {

Result<std::unique_ptr<FrameSource>> openSequence(const FoundSequence& found);

}  // namespace understudy::media
