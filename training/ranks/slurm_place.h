// A rank's place in a Slurm job, as srun tells it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "media/base/result.h"

namespace understudy::training {

struct SlurmPlace {
    int rank = 0;   // SLURM_PROCID
    int size = 1;   // SLURM_NTASKS
    int local = 0;  // SLURM_LOCALID: among those of this machine
    int cpus = 0;   // SLURM_CPUS_PER_TASK; 0 where it is not said
    std::string job;
    int restarts = 0;    // how often the job was started before
    std::string leader;  // UNDERSTUDY_LEADER: address of the first node

    int port() const;
    // Of this start of the job: an older one must not be mistaken for it.
    std::string lease() const { return job + "." + std::to_string(restarts); }
};

// `variable` gives an environment variable's value, empty where it is not set. Errors: usage,
// naming what is missing.
Result<SlurmPlace> slurmPlace(const std::function<std::string(const char*)>& variable);

}  // namespace understudy::training
