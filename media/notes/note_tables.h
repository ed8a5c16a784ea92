// Notes for spreadsheets (CSV, RFC 4180, UTF-8) and for editorial programs (OpenTimelineIO).
#pragma once

#include <string>
#include <vector>

#include "media/notes/note_sheet.h"

namespace understudy::media {

// A line for each note: clip, version, status, first, last, author, created, action, resolved,
// resolved_by, drawing (number of marks), note. Text that a spreadsheet would take for a formula
// gets a ' before it.
std::string notesCsv(const std::vector<NotedVersion>& noted);

// A timeline with a track for each version: its clip refers to the rendered result, every note is a
// marker over its frames. Old schemas (Clip.1, Marker.2), which newer readers take as well.
std::string notesOtio(const std::string& title, const std::vector<NotedVersion>& noted);

}  // namespace understudy::media
