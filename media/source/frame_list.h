// Frame numbers as people write them: "1001-1100x2,1150". Kept as ranges, so that a list of a
// billion frames costs no more than one of two.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "media/base/result.h"
#include "media/frame/frame.h"

namespace understudy::media {

// Longest number that is read: of 18 digits, which a FrameNumber holds.
inline constexpr size_t kMostDigits = 18;

struct FrameRange {
    FrameNumber first = 1;
    FrameNumber last = 1;
    FrameNumber step = 1;  // at least 1
    bool contains(FrameNumber number) const {
        return number >= first && number <= last && (number - first) % step == 0;
    }
    bool operator==(const FrameRange&) const = default;
};

class FrameList {
  public:
    // "7", "1-100", "1-100x10" and several of them with commas, and spaces, between. Errors: usage,
    // naming the part that is wrong: words, numbers below zero or of more than 18 digits, ranges
    // that run backwards, more than a hundred thousand parts.
    static Result<FrameList> parse(std::string_view text);
    // The shortest, without steps. `numbers` ascend.
    static FrameList of(const std::vector<FrameNumber>& numbers);
    // Whether the text is made of what a list is made of, so that an error in it is worth telling.
    static bool looksLike(std::string_view text);

    const std::vector<FrameRange>& ranges() const { return ranges_; }
    bool contains(FrameNumber number) const;
    // Ascending and without doubles. Errors: usage, for more than ten million.
    Result<std::vector<FrameNumber>> numbers() const;
    // Parses back to the same list.
    std::string text() const;
    bool operator==(const FrameList&) const = default;

  private:
    std::vector<FrameRange> ranges_;
};

// The frames of a clip from `first` to `last` without `missing` (sorted) that were chosen, and up
// to `handles` more numbers before the first of them and behind the last.
FrameList withHandles(const FrameList& chosen, FrameNumber handles, FrameNumber first,
                      FrameNumber last, const std::vector<FrameNumber>& missing);

// `chosen` as text with handles; unchanged where nothing is chosen, no handles are wanted, or the
// clip has none of the frames: whoever reads them says so. Errors: usage, as parse().
Result<std::string> framesWithHandles(const std::string& chosen, FrameNumber handles,
                                      FrameNumber first, FrameNumber last,
                                      const std::vector<FrameNumber>& missing);

// For people: "1001-1010, 1020" for ascending numbers; of a long list its beginning and how many
// more.
std::string framesText(const std::vector<FrameNumber>& numbers);

}  // namespace understudy::media
