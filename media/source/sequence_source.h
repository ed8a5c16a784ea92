// Numbered pictures as a FrameSource.
#pragma once

#include <memory>

#include "media/source/frame_source.h"
#include "media/source/sequence_pattern.h"

namespace understudy::media {

Result<std::unique_ptr<FrameSource>> openSequence(const FoundSequence& found);

}  // namespace understudy::media
