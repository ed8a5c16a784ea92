// What a version keeps of the run that it was made with: its plan, the faces it learned from, what
// was changed while it ran, and the checkpoint. Laid out like a run's folder, so that it renders as
// one when the run was pruned or taken away. Checkpoints are never changed, so they are linked
// where the disk can do that and cost nothing; else they are copied.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "media/base/result.h"
#include "media/project/project.h"

namespace understudy::training {

// Gathers the model of `step` of the run in `run` in a new folder below `parent`, which the caller
// moves to its place or removes. Errors: missingInput, cannotWrite.
Result<std::filesystem::path> gatherModel(const std::filesystem::path& run, int64_t step,
                                          const std::filesystem::path& parent);

// The folder that holds this checkpoint of the run: the run's own, or that of a version which kept
// it. Without `step` the newest there is. The run's own where nobody has it.
std::filesystem::path modelFolder(const media::Project& project, const std::string& run,
                                  const std::optional<int64_t>& step);

}  // namespace understudy::training
