#include "training/engine/trainer/own_rank.h"

#include "training/engine/model/device.h"
#include "training/engine/trainer/batch_share.h"
#include "training/engine/trainer/step_engine.h"

namespace understudy::training {

Result<std::shared_ptr<Comm>> OwnRank::join() const {
    return team ? team->join(device) : Result<std::shared_ptr<Comm>>(nullptr);
}

namespace {

// Slurm shows a task all GPUs of its node, or its own alone.
std::string deviceOfTask(const Plan& plan, const SlurmPlace& place) {
    const bool onCpu = plan.devices.starts_with("cpu");
    const int gpus = onCpu ? 0 : cudaDeviceCount();
    if (gpus == 0) {
        return plan.devices.starts_with("cuda") ? "cuda:0" : "cpu";
    }
    return "cuda:" + std::to_string(gpus == 1 ? 0 : place.local % gpus);
}

Result<OwnRank> takeTask(const Plan& plan, const SlurmPlace& place) {
    US_TRY(checkShare(plan, place.size));
    OwnRank own;
    US_ASSIGN(own.device, openDevice(deviceOfTask(plan, place)));
    Plan shared = plan;
    if (shared.threads == 0) {
        shared.threads = place.cpus;
    }
    own.threads = prepareProcess(shared);
    if (place.size > 1) {
        TeamOptions team;
        team.exact = plan.mode == "exact";
        US_ASSIGN(own.team, Team::meet(team, place));
    }
    return own;
}

}  // namespace

Result<OwnRank> takeRank(const Plan& plan, const RankOptions& options) {
    if (options.slurm) {
        return takeTask(plan, *options.slurm);
    }
    TeamOptions team;
    team.devices = resolveDevices(plan.devices);
    team.exact = plan.mode == "exact";
    const auto ranks = static_cast<int>(team.devices.size());
    US_TRY(checkShare(plan, ranks));
    const auto place = static_cast<size_t>(options.identity.rank);
    OwnRank own;
    if (options.identity.size > 1) {
        US_ASSIGN(own.team, Team::follow(team, options.identity));
    }
    US_ASSIGN(own.device, openDevice(team.devices[place]));
    Plan shared = plan;
    if (options.threads > 0) {
        shared.threads = options.threads;
    }
    own.threads = prepareProcess(shared, ranks);
    if (options.identity.size == 1 && ranks > 1) {
        team.arguments = options.arguments;
        team.arguments.insert(team.arguments.end(),
                              {"--rank-threads", std::to_string(own.threads)});
        team.logFolder = options.logFolder;
        US_ASSIGN(own.team, Team::lead(team));
    }
    return own;
}

}  // namespace understudy::training
