// A plan's list of devices, and which of them this process drives: one process a device.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "training/engine/distributed/team.h"
#include "training/plan/plan.h"

namespace understudy::training {

struct RankOptions {
    // Rank 0 of 1, which becomes rank 0 of many where the plan has several devices, or another one
    // that rank 0 has started.
    RankIdentity identity;
    int threads = 0;  // as rank 0 found them; 0: as the plan says
    std::optional<SlurmPlace> slurm;
    // Of rank 0: what else the program of the others is given, and where they write what they
    // print.
    std::vector<std::string> arguments;
    std::filesystem::path logFolder;
};

struct OwnRank {
    torch::Device device{torch::kCPU};
    int threads = 1;
    std::unique_ptr<Team> team;  // null for a single rank

    // Null for a single rank.
    Result<std::shared_ptr<Comm>> join() const;
};

// Starts the other ranks where there are any, so that they get ready while this one does, and
// settles CPU threads and determinism for this process. Errors: usage, deviceUnavailable,
// environment, cannotWrite.
Result<OwnRank> takeRank(const Plan& plan, const RankOptions& options);

}  // namespace understudy::training
