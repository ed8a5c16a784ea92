// Reads plates. Movies go through libav directly, so that matrix, range, bit depth, presentation
// order and rotation are honoured; image sequences through OpenImageIO. Random access is
// frame-accurate.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/frame/frame.h"

namespace understudy::media {

struct Rational {
    int64_t numerator = 0;
    int64_t denominator = 1;
    double value() const {
        return static_cast<double>(numerator) / static_cast<double>(denominator);
    }
    bool operator==(const Rational&) const = default;
};

// The colour tags of a movie in the numbers of ISO/IEC 23091-2 (as libav uses them); 2 =
// unspecified.
struct VideoTags {
    int primaries = 2;
    int transfer = 2;
    int matrix = 2;
    bool fullRange = false;
};

struct SourceInfo {
    enum class Kind { movie, sequence };
    Kind kind = Kind::movie;
    std::string path;  // as given, made absolute; for a sequence its pattern
    FrameNumber first = 1;
    FrameNumber last = 0;
    int64_t frames = 0;                // that exist, = last - first + 1 - missing
    std::vector<FrameNumber> missing;  // gaps between first and last, sorted
    Rational rate{24, 1};              // frames a second; 24 for sequences that do not say
    int width = 0;                     // as shown: after rotation
    int height = 0;
    double pixelAspect = 1;
    int bitDepth = 8;
    ColorEncoding encoding;
    VideoTags tags;
    bool hasAudio = false;
    std::optional<std::string> timecode;  // of the first frame, "HH:MM:SS:FF"
    bool encodingSaid = false;            // by ReadAs, where the file says another
    // The file does not say it, and nobody else does.
    bool encodingGuessed = false;
    bool rateGuessed = false;
    std::vector<std::string> warnings;  // for the user: cut short, variable frame rate, …
};

// Not thread-safe: one per thread. Frames come as u8 RGB for 8-bit sources, u16 for deeper integer
// ones, f16 or f32 as stored for floating-point ones; 4 channels where there is alpha.
class FrameSource {
  public:
    virtual ~FrameSource() = default;
    virtual const SourceInfo& info() const = 0;

    // Errors: missingInput for a frame outside the range, missing or unreadable.
    virtual Result<Frame> read(FrameNumber number) = 0;

    // The frame after the last one read (the first at the start), skipping missing ones; nothing at
    // the end. Much cheaper than read() for going through a clip.
    virtual Result<std::optional<Frame>> next() = 0;
};

// What a reader is about to do with the pixels.
enum class WantedPixels {
    color,
    // Only to look for something: where it saves time, one channel, the plain mean of red, green
    // and blue, with the frame's planes where its colours can still be had; else as `color`.
    greyIfCheap,
};

// Opens a movie, a sequence pattern (####, %04d, @@@@, $F4), a folder with one sequence, or any one
// file of a sequence. Errors: missingInput (absent, empty, unreadable, not a picture or movie),
// corruptData (truncated beyond use); the remedy says what to do.
Result<std::unique_ptr<FrameSource>> openSource(const std::string& path,
                                                WantedPixels wanted = WantedPixels::color);
Result<std::unique_ptr<FrameSource>> openSource(const std::string& path, const ReadAs& as);

// Of 23.976 and the like, which are 24000/1001, and otherwise to a thousandth.
Rational rateFrom(double framesPerSecond);

}  // namespace understudy::media
