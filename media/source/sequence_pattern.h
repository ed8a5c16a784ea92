// Names of numbered files. One parser for all ways of writing them: shot.####.exr (a digit for each
// #), shot.@@@@.exr, shot.%04d.exr, shot.$F4.exr, a range in the place of the number
// (shot.1001-1100x2.exr) or behind it ("shot.####.exr 1001-1100x2"), a folder, or any one file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/result.h"
#include "media/frame/frame.h"

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

struct FrameRange {
    FrameNumber first = 1;
    FrameNumber last = 1;
    FrameNumber step = 1;
    bool contains(FrameNumber number) const {
        return number >= first && number <= last && (number - first) % step == 0;
    }
};

struct ParsedPattern {
    SequencePattern pattern;
    std::optional<FrameRange> range;
};

// Nothing when the name has no place for a number. Looks at the last part of the path only.
std::optional<ParsedPattern> parseSequencePattern(const std::string& path);

// A sequence as it lies on disk.
struct FoundSequence {
    SequencePattern pattern;
    std::vector<FrameNumber> numbers;  // sorted, at least one
};

// Whether the extension is one of a picture format that is read here.
bool isPicturePath(const std::filesystem::path& path);

// The sequence that a pattern, a folder with exactly one, or any one of its files names. Errors:
// missingInput, whose remedy lists what a folder has instead.
Result<FoundSequence> findSequence(const std::string& path);

}  // namespace understudy::media
