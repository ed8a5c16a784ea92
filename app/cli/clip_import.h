// From what was named on the command line to clips in the project.
#pragma once

#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/project/project.h"

namespace understudy::cli {

struct ImportedClip {
    media::ClipRecord clip;
    std::vector<std::string> warnings;
};

// `path` is a movie, a sequence (pattern, folder, or one of its files) or a folder of movies.
// All are looked at before the first is added. Errors: missingInput, corruptData, naming the path.
Result<std::vector<ImportedClip>> importClips(media::Project& project, const std::string& performer,
                                              const std::vector<std::string>& paths);

}  // namespace understudy::cli
