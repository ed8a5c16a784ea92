// What a training will take of this machine, said before it begins: memory, whether that is there,
// what would fit, and the time of a step where this machine knows it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "media/base/result.h"
#include "training/plan/plan.h"

namespace understudy::training {

struct EstimateOptions {
    Plan plan;
    int64_t faces = 0;           // of all performers, that lie in memory
    std::filesystem::path runs;  // a project's runs, of which one like it may say how fast; or none
    std::filesystem::path calibrations;  // what one device does alone; empty: none
};

// One JSON object:
//   devices[]         one a rank, as "auto" and "all" are understood here
//   precision         as it will be chosen
//   memory_bytes      of the rank that needs most; parts_bytes{} by what for
//   free_bytes        of the device with the least, total_bytes of it; null where nobody says
//   fits              null where free_bytes is; settings[] would fit, as for settingsThatFit()
//   it_per_s          null where it is not known yet; rate_from "run r01" or "calibration", which
//                     is what the devices would give if they did not wait for each other
// Nothing is allocated on a device. Errors: usage (a plan that cannot be).
Result<std::string> estimatePlan(const EstimateOptions& options);

}  // namespace understudy::training
