#include "training/service/schedule.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "training/plan/plan.h"
#include "training/plan/run_folder.h"

namespace understudy::training {

std::set<std::string> devicesOf(const JobInfo& job) {
    const RunFolder run{std::filesystem::path(job.project) / "runs" / job.run};
    const auto plan = loadPlan(run.plan());
    if (!plan.ok() || plan->devices == "auto" || plan->devices == "all") {
        return {};
    }
    std::set<std::string> devices;
    std::istringstream list(plan->devices);
    for (std::string device; std::getline(list, device, ',');) {
        devices.insert(device);
    }
    return devices;
}

bool mayRunBeside(const JobInfo& job, const JobInfo& running) {
    if (job.kind != running.kind) {
        return true;
    }
    if (job.kind != "train") {
        return false;
    }
    const auto mine = devicesOf(job);
    const auto others = devicesOf(running);
    return !mine.empty() && !others.empty() &&
           std::none_of(mine.begin(), mine.end(),
                        [&](const auto& device) { return others.count(device) > 0; });
}

}  // namespace understudy::training
