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

// The file is replaced as a whole or not at all. Pictures of an HTML page come from the versions'
// results, or from the plate where a result is gone. Errors: usage (no such version, no note to
// write), cannotWrite, saved when asked to stop.
Result<NoteExport> exportNotes(const Project& project, const NoteChoice& choice, NoteFormat format,
                               const std::filesystem::path& file, std::stop_token stop = {});

}  // namespace understudy::media
