// Where the plan's `base` lies.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

// In this order: the run of that name beside the given one, the path (a run folder or a checkpoint
// folder), the base model of that name that comes with the program (resources/base). Errors:
// usage, naming what was looked for and the base models there are.
Result<std::filesystem::path> findBase(const std::string& base,
                                       const std::filesystem::path& runsFolder);

// Names of the base models that come with the program, in order; there need not be any.
std::vector<std::string> shippedBases();

}  // namespace understudy::training
