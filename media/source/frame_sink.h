// Writes results: an H.264 movie with the plate's rate, tags and audio, or a numbered sequence.
#pragma once

#include <memory>
#include <string>

#include "media/base/result.h"
#include "media/frame/frame.h"
#include "media/source/frame_source.h"

namespace understudy::media {

struct SinkOptions {
    Rational rate{24, 1};
    int width = 0;
    int height = 0;
    double pixelAspect = 1;
    VideoTags tags;  // for movies: written as given; unspecified matrix = BT.601 below 720 lines
    ColorEncoding encoding;  // of the frames that will be written
    std::string audioFrom;   // a movie whose audio is copied, or empty
    FrameNumber audioStart =
        1;               // plate frame that the first written frame shows, for the audio's start
    int quality = 14;    // x264 CRF for movies
    bool quick = false;  // a third of the encoder's work for a movie a little larger
};

// Movies are written beside their place and renamed by finish(), sequences frame by frame the same
// way, so that a kill leaves no half file under a final name.
class FrameSink {
  public:
    virtual ~FrameSink() = default;
    // Movies: in presentation order. Sequences: any order, numbered by frame.number.
    virtual Status write(const Frame& frame) = 0;
    virtual Status finish() = 0;
};

// `path` with .mp4/.mov/.mkv is a movie; a pattern (out.####.exr, %04d.png) is a sequence of .exr
// (half float), .png, .tif or .dpx. Errors: usage for an unknown extension, cannotWrite.
Result<std::unique_ptr<FrameSink>> createSink(const std::string& path, const SinkOptions& options);

// The file that frame `number` of sequence pattern `pattern` has; the pattern itself if it is a
// movie.
std::string sequenceFile(const std::string& pattern, FrameNumber number);

// Whether `path` names a movie file (by its extension) rather than a sequence.
bool isMoviePath(const std::string& path);

}  // namespace understudy::media
