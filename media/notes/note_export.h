// Writes the notes of a project for people and for other programs.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "media/notes/note_sheet.h"

namespace understudy::media {

enum class NoteFormat { html, csv, otio };
std::optional<NoteFormat> noteFormatFromName(std::string_view name);

struct NoteExport {
    int64_t notes = 0;
    int64_t versions = 0;
    std::vector<std::string> warnings;  // pictures that could not be read
};

// All that is written, so that the project is free while pictures are read.
struct NotesToWrite {
    std::string project;  // its name
    std::vector<NotedVersion> noted;
};
// Errors: usage (no such version, no note to write).
Result<NotesToWrite> notesToWrite(const Project& project, const NoteChoice& choice);

// After each note, of so many; on the thread that writes.
using NoteProgress = std::function<void(int64_t done, int64_t all)>;

// The file is replaced as a whole or not at all. Pictures of an HTML page come from the versions'
// results, or from the plate where a result is gone. Errors: cannotWrite, saved when asked to stop.
Result<NoteExport> writeNotes(const NotesToWrite& notes, NoteFormat format,
                              const std::filesystem::path& file, const NoteProgress& progress = {},
                              const std::stop_token& stop = {});

}  // namespace understudy::media
