#include "training/ranks/slurm_place.h"

#include <charconv>

namespace understudy::training {

namespace {

constexpr int64_t kFirstPort = 20000;  // above what is reserved, below what connections take
constexpr int64_t kPorts = 10000;

std::optional<int64_t> number(const std::string& text) {
    int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc() && read.ptr == end && value >= 0 ? std::optional(value)
                                                                   : std::nullopt;
}

}  // namespace

int SlurmPlace::port() const {
    return static_cast<int>(kFirstPort + number(job).value_or(0) % kPorts);
}

Result<SlurmPlace> slurmPlace(const std::function<std::string(const char*)>& variable) {
    SlurmPlace place;
    for (const auto& [name, value] :
         {std::pair{"SLURM_PROCID", &place.rank}, std::pair{"SLURM_NTASKS", &place.size},
          std::pair{"SLURM_LOCALID", &place.local}}) {
        const auto found = number(variable(name));
        if (!found || *found > 100000) {
            return Error{ErrorCode::usage, std::string(name) + " does not say this task's place",
                         name, "Start the trainer with srun within a job; submit does that"};
        }
        *value = static_cast<int>(*found);
    }
    place.cpus = static_cast<int>(number(variable("SLURM_CPUS_PER_TASK")).value_or(0));
    place.restarts = static_cast<int>(number(variable("SLURM_RESTART_COUNT")).value_or(0));
    place.job = variable("SLURM_JOB_ID");
    place.leader = variable("UNDERSTUDY_LEADER");
    if (!number(place.job) || place.rank >= place.size ||
        (place.size > 1 && place.leader.empty())) {
        return Error{ErrorCode::usage, "this is no task of a Slurm job that submit wrote",
                     "SLURM_JOB_ID, UNDERSTUDY_LEADER", "Use understudy-cli submit"};
    }
    return place;
}

}  // namespace understudy::training
