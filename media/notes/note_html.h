// Notes as one page to read and to print: the picture of each with what was drawn over it. The page
// needs nothing but itself.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "media/frame/image.h"
#include "media/notes/note_sheet.h"

namespace understudy::media {

// The picture of a note's first frame, u8 for a display, with square pixels; nothing where there is
// none.
using NotePicture = std::function<std::optional<Image>(const NotedVersion&, const NoteRecord&)>;

// Errors: cannotWrite, where pictures cannot be written to the folder for temporary files.
Result<std::string> notesHtml(const std::string& title, const std::vector<NotedVersion>& noted,
                              const NotePicture& picture);

// The marks as SVG over a picture of this size.
std::string drawingSvg(const NoteDrawing& drawing, int width, int height);

}  // namespace understudy::media
