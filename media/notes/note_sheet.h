// The notes of a project as somebody wants to see them: chosen by clip and version, each version
// with its clip and its notes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/project/project.h"

namespace understudy::media {

// Empty fields choose all.
struct NoteChoice {
    std::string clip;
    std::string version;    // "v003"; of `clip`
    bool openOnly = false;  // leave out what is resolved
};

struct NotedVersion {
    VersionRecord version;
    std::optional<ClipRecord> clip;  // nothing where it was taken out of the project
    std::vector<NoteRecord> notes;   // by frame
    std::string result;              // absolute: its movie or pattern
    std::string plate;               // the same, of its clip; empty without one
};

// Versions without a note are left out. Errors: usage (no such version), those of the project.
Result<std::vector<NotedVersion>> chosenNotes(const Project& project, const NoteChoice& choice);

// The number under which the result of a version holds a frame of the plate: sequences keep the
// plate's numbers, movies count from 1 what was rendered. Nothing where it has no such frame.
std::optional<int64_t> frameInResult(const VersionRecord& version, const ClipRecord* clip,
                                     int64_t plateFrame);

// "1034" or "1034-1041".
std::string noteFrames(const NoteRecord& note);

}  // namespace understudy::media
