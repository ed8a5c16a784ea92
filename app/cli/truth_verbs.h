// performers and evaluate as functions, for the demo too.
#pragma once

#include <filesystem>

#include "app/cli/verbs.h"
#include "media/truth/performer_clips.h"

namespace understudy::cli {

// The fields of `performers`.
Result<Json> makePerformers(const media::PerformerClips& clips);
// The fields of `evaluate`.
Result<Json> evaluate(const std::string& result, const std::filesystem::path& truth);
void printEvaluation(const Json& result);

}  // namespace understudy::cli
