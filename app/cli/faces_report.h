// What is known about the faces of a project's clips.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/cli/verbs.h"
#include "media/project/project.h"

namespace understudy::cli {

// The clips asked for, or all. Errors: usage for a clip that is not there.
Result<std::vector<media::ClipRecord>> clipsAskedFor(const media::Project& project,
                                                     const std::vector<std::string>& names);

// Adds `faces` to every clip of a report: what was measured of each face, null where it was not;
// `count` faces from the `from`-th on.
Status addEachFace(const media::Project& project, Json& report, int64_t from, int64_t count);

// The array `clips` of `faces` and `extract`; `warnings` (by clip) are added to those that follow
// from the faces.
Result<Json> facesReport(const media::Project& project, const std::vector<media::ClipRecord>& clips,
                         const std::map<std::string, std::vector<std::string>>& warnings = {});

void printFaces(const Json& result);

}  // namespace understudy::cli
