#include "training/service/schedule.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "training/plan/changes.h"

namespace understudy::training {

Claim claimOf(const JobInfo& job) {
    // A delivery is a swap by another name: one renderer at a time.
    Claim claim{job.kind == "deliver" ? "swap" : job.kind, {}};
    if (job.kind != "train") {
        return claim;
    }
    const RunFolder run{std::filesystem::path(job.project) / "runs" / job.run};
    const auto plan = currentPlan(run);
    if (!plan.ok() || plan->devices == "auto" || plan->devices == "all") {
        return claim;
    }
    std::istringstream list(plan->devices);
    for (std::string device; std::getline(list, device, ',');) {
        claim.devices.insert(device);
    }
    return claim;
}

bool Occupancy::leavesRoomFor(const Claim& claim) const {
    if (kinds_.count(claim.kind) == 0) {
        return true;
    }
    return claim.kind == "train" && !allDevices_ && !claim.devices.empty() &&
           std::none_of(claim.devices.begin(), claim.devices.end(),
                        [this](const auto& device) { return devices_.count(device) > 0; });
}

void Occupancy::add(const Claim& claim) {
    kinds_.insert(claim.kind);
    if (claim.kind == "train") {
        allDevices_ = allDevices_ || claim.devices.empty();
        devices_.insert(claim.devices.begin(), claim.devices.end());
    }
}

}  // namespace understudy::training
