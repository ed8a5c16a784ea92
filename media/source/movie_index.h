// Which packet holds which frame: the way from a frame's number, in the order of presentation, to
// the packets that must be decoded for it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "media/frame/frame.h"

struct AVFormatContext;

namespace understudy::media {

class MovieIndex {
  public:
    struct Packet {
        int64_t pts = 0;
        int64_t dts = 0;  // = pts where the file does not say
        bool key = false;
        bool shown = true;  // false: only needed by others (before an edit's start)
    };

    // Reads all packets of the stream without decoding them, or the file's own list where that
    // tells as much. Afterwards the input may stand anywhere.
    static MovieIndex build(AVFormatContext& input, int stream);

    // False: the packets do not tell the order of presentation (no or equal time stamps, hidden
    // frames), so frames must be counted while decoding.
    bool exact() const { return exact_; }
    // Some packet was cut off or could not be read.
    bool damaged() const { return damaged_; }
    int64_t frames() const { return static_cast<int64_t>(presentation_.size()); }
    const std::vector<Packet>& packets() const { return packets_; }
    // Presentation time of frame `number` (from 1), in the stream's time base.
    int64_t ptsOf(FrameNumber number) const;
    // Of the frame with this time; nothing if there is none.
    std::optional<FrameNumber> numberOf(int64_t pts) const;
    // Position in decoding order of the packet with this time; nothing if there is none.
    std::optional<size_t> positionOf(int64_t pts) const;
    // Positions of key packets from which frame `number` can be decoded, nearest first; a few, of
    // which one but the first is worth trying only when the frame comes out faulty.
    std::vector<size_t> startsFor(FrameNumber number) const;
    // Whether the times of successive frames differ by more than rounding.
    bool variableRate() const;
    // A movie cut off between a reference frame and the frames shown before it lacks some of the
    // latter: the frames after that hole have no true numbers and are forgotten. Whether there
    // were any.
    bool cutAfterHole();
    // Forgets the frames after `last`.
    void cutAfter(FrameNumber last);

  private:
    bool buildFromList(AVFormatContext& input, int stream);
    void buildByReading(AVFormatContext& input, int stream);

    std::vector<Packet> packets_;       // in decoding order
    std::vector<size_t> presentation_;  // packet of each frame
    std::vector<size_t> byTime_;        // all packets by pts
    bool alone_ = false;                // no frame needs another to be decoded
    bool exact_ = true;
    bool damaged_ = false;
};

}  // namespace understudy::media
