// Decodes one video stream frame by frame, forwards or from any frame, always with the same pixels
// for the same frame.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/frame/frame.h"
#include "media/source/libav_handles.h"
#include "media/source/movie_index.h"

struct AVStream;

namespace understudy::media {

class MovieDecoder {
  public:
    // Errors: missingInput (no such file, no movie, no picture in it), corruptData.
    static Result<MovieDecoder> open(const std::string& path);

    MovieIndex& index() { return index_; }
    int64_t frames() const { return index_.exact() ? index_.frames() : counted_; }
    const AVFormatContext& input() const { return *input_; }
    AVStream& stream() const;
    bool hasAudio() const { return hasAudio_; }
    bool centredChroma() const { return centredChroma_; }

    // Frame `number`, which must be between 1 and frames(). The pointer holds until the next call;
    // null when the frame cannot be decoded without faults.
    const AVFrame* decode(FrameNumber number);

  private:
    MovieDecoder() = default;

    Status openCodec();
    void countFrames();
    bool startAt(size_t packet);
    bool seekTo(size_t packet);
    bool seekToBeginning();
    FrameNumber nextFrame();
    bool feed();
    bool decodeUpTo(FrameNumber number);
    bool canGoOnTo(FrameNumber number) const;
    bool faulty() const;

    std::string path_;
    libav::Input input_;
    libav::Codec codec_;
    libav::FrameHandle frame_;
    libav::PacketHandle packet_;
    MovieIndex index_;
    int stream_ = -1;
    bool hasAudio_ = false;
    bool centredChroma_ = false;
    int64_t counted_ = 0;

    FrameNumber current_ = 0;       // that frame_ holds, 0 = none
    FrameNumber passed_ = 0;        // last one that came out of the decoder since it was started
    size_t fed_ = 0;                // position of the last packet given to the decoder
    size_t skipBefore_ = 0;         // packets before this position are not decoded
    bool drained_ = true;           // the decoder was told that there is no more
    std::set<FrameNumber> faulty_;  // frames that no start gives without faults
};

}  // namespace understudy::media
