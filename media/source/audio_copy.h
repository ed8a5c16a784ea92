// Copies the sound of one movie into another without decoding it, moved so that it stays with the
// picture when only a part of the plate is written.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "media/base/result.h"
#include "media/source/frame_source.h"
#include "media/source/libav_handles.h"

namespace understudy::media {

class AudioCopy {
  public:
    // `rate` and `firstFrame` (of the plate, from 1) give the moment that becomes zero. Makes a
    // stream in `output` for each sound track that its container can hold; others are named in a
    // warning. A movie without sound is fine.
    static Result<AudioCopy> open(const std::string& path, AVFormatContext& output,
                                  const Rational& rate, FrameNumber firstFrame);

    AudioCopy() = default;

    // Writes everything that is heard before `seconds`; a negative libav error if that fails.
    int writeUpTo(double seconds);

  private:
    // The pending packet moved to the new time, and whether it is to be written at all.
    bool place();

    libav::Input input_;
    libav::PacketHandle packet_;
    AVFormatContext* output_ = nullptr;
    std::vector<int> streams_;  // in the output, for each of the input; -1 = not copied
    double zero_ = 0;           // of the input's time, in seconds
    bool pending_ = false;
    bool ended_ = true;
};

}  // namespace understudy::media
