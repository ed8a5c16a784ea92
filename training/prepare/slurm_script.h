// The batch script that trains a run on a Slurm cluster: one file that people can read, change and
// submit again by themselves.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

struct SlurmRequest {
    std::string run;                     // name
    std::filesystem::path runFolder;     // absolute, on storage that all nodes share
    std::filesystem::path trainer;       // absolute
    std::vector<std::string> arguments;  // of the trainer, beside --run: limits
    int nodes = 1;
    int ranksPerNode = 1;  // one a GPU
    int gpusPerNode = 0;   // 0: trains on CPUs
    int cpusPerRank = 4;
    std::string time;       // as sbatch takes it, "08:00:00"; empty: the partition's limit
    std::string partition;  // empty: the cluster's default
    std::string account;
    int warnSeconds = 180;  // before the end of the time: then the run is saved and queued again
    std::string stageIn = "${SLURM_TMPDIR:-/tmp}";  // folder of each node; empty: faces stay
    std::vector<std::string> extra;                 // further #SBATCH lines

    // Errors: usage, naming the option.
    Status check() const;
};

std::string slurmScript(const SlurmRequest& request);

}  // namespace understudy::training
