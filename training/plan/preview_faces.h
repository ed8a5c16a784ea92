// preview_faces.json: the faces that the previews of a run show, ["again:1034", "bird:1002"]. No
// part of the plan, since nothing that is learned hangs on it: whoever looks may choose others at
// any time, and the trainer reads them before it draws.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

constexpr size_t kMostPreviewFaces = 12;

// Of source and destination, in their order; none: some of those held out of training. No file is
// none. Errors: corruptData.
Result<std::vector<std::string>> readPreviewFaces(const std::filesystem::path& file);

// Errors: usage (too many, or what is no face), cannotWrite.
Status writePreviewFaces(const std::filesystem::path& file, const std::vector<std::string>& faces);

// "again:1034,bird:1002" as a list; a clip's name may hold commas. Errors: usage.
Result<std::vector<std::string>> previewFacesOf(const std::string& text);

}  // namespace understudy::training
