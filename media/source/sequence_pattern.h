// Names of numbered files. One parser for all ways of writing them: shot.####.exr (a digit for each
// #), shot.@@@@.exr, shot.%04d.exr, shot.$F4.exr, frames in the place of the number
// (shot.1001-1100x2,1150.exr) or behind it ("shot.####.exr 1001-1100x2,1150").
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "media/base/result.h"
#include "media/source/frame_list.h"

namespace understudy::media {

struct SequencePattern {
    std::filesystem::path folder;
    std::string prefix;
    int digits = 1;  // at least so many, filled with zeros; 0 = a single file without a number
    std::string suffix;

    std::filesystem::path file(FrameNumber number) const;
    // folder/prefix####suffix, which parses back to the same.
    std::string text() const;
    // The number in a file's name (without its folder), if it belongs to the sequence.
    std::optional<FrameNumber> numberIn(std::string_view name) const;
    bool operator==(const SequencePattern&) const = default;
};

struct ParsedPattern {
    SequencePattern pattern;
    std::optional<FrameList> frames;  // only these
};

// Nothing when the name has no place for a number. Looks at the last part of the path only.
std::optional<ParsedPattern> parseSequencePattern(const std::string& path);

// What is wrong with the frame range in a name, where there is one that cannot be understood.
std::optional<Error> faultInFrames(const std::string& path);

}  // namespace understudy::media
