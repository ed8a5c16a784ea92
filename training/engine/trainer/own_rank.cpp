#include "training/engine/trainer/own_rank.h"

#include "training/engine/model/device.h"
#include "training/engine/trainer/step_engine.h"

namespace understudy::training {

Result<std::shared_ptr<Comm>> OwnRank::join() const {
    return team ? team->join(device) : Result<std::shared_ptr<Comm>>(nullptr);
}

Result<OwnRank> takeRank(const Plan& plan, const RankOptions& options) {
    TeamOptions team;
    team.devices = resolveDevices(plan.devices);
    team.exact = plan.mode == "exact";
    const auto ranks = static_cast<int>(team.devices.size());
    if (plan.batch % ranks != 0) {
        return Error{ErrorCode::usage,
                     "a batch of " + std::to_string(plan.batch) + " cannot be shared evenly by " +
                         std::to_string(ranks) + " devices",
                     "batch", "Use a multiple of " + std::to_string(ranks)};
    }
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
