// Frames of a source by number, mostly rising: on with next() where that is near, by seeking else.
#pragma once

#include <optional>

#include "media/source/frame_source.h"

namespace understudy::media {

class OrderedReader {
  public:
    explicit OrderedReader(FrameSource& source) : source_(source) {}

    // Errors: those of FrameSource::read.
    Result<Frame> read(FrameNumber number);

  private:
    FrameSource& source_;
    std::optional<FrameNumber> last_;
};

}  // namespace understudy::media
