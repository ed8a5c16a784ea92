// A sequence as it lies on disk: which of a folder's files are its frames.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/source/sequence_pattern.h"

namespace understudy::media {

struct FoundSequence {
    SequencePattern pattern;
    std::vector<FrameNumber> numbers;   // sorted, at least one
    std::optional<FrameList> asked;     // only these frames were asked for
    std::vector<std::string> warnings;  // for the user: files that were left out, and why

    // What findSequence() finds the same sequence by again: its pattern with the frames asked for,
    // or its first file where other parts of the name look like a pattern too.
    std::string text() const;
};

// Whether the extension is one of a picture format that is read here.
bool isPicturePath(const std::filesystem::path& path);

// The sequence that a pattern, a folder with exactly one, or any one of its files names. Errors:
// missingInput, whose remedy lists what a folder has instead; usage for a frame range that makes no
// sense and for frame numbers below zero.
Result<FoundSequence> findSequence(const std::string& path);

}  // namespace understudy::media
