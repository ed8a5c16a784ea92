// All ranks of a run and this one's place among them. Rank 0 says what is next, the others do as
// told. On one machine rank 0 starts them and knows when one is lost; in a Slurm job srun does.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/base/file.h"
#include "training/engine/distributed/comm.h"
#include "training/engine/distributed/mailbox.h"
#include "training/ranks/rank_channel.h"
#include "training/ranks/rank_processes.h"
#include "training/ranks/slurm_place.h"

namespace understudy::training {

struct TeamOptions {
    std::vector<std::string> devices;  // one a rank: "cpu", "cuda:1"
    bool exact = false;
    double patience = 600;  // seconds that ranks may wait for each other
    // Of rank 0: how the others are started, and where they write what they print.
    std::vector<std::string> arguments;
    std::filesystem::path logFolder;
};

class Team {
  public:
    // Rank 0; starts the others. Errors: environment, cannotWrite, transient.
    static Result<std::unique_ptr<Team>> lead(const TeamOptions& options);
    // Any other rank; orders come on standard input.
    static Result<std::unique_ptr<Team>> follow(const TeamOptions& options,
                                                const RankIdentity& identity);
    // Any rank of a Slurm job. Errors: transient, when not all come.
    static Result<std::unique_ptr<Team>> meet(const TeamOptions& options, const SlurmPlace& place);
    // Who did not come to a good end releases the others.
    ~Team();
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    int rank() const { return rank_; }
    int size() const { return size_; }
    // Joined when it is first asked for, by all ranks at about the same time. Errors: environment,
    // transient.
    Result<std::shared_ptr<Comm>> join(torch::Device device);

    // Rank 0. Throws RanksLost.
    void give(const RankOrder& order);
    // The others. Errors: transient.
    Result<RankOrder> take();

    // Why ranks were lost, in the words of the one that was; `seen` is what this rank noticed.
    Error reason(const Error& seen) const;

  private:
    Team(TeamOptions options, int rank, int size);

    TeamOptions options_;
    int rank_;
    int size_;
    FileHandle memory_;              // rank 0's
    int descriptor_ = -1;            // of the memory
    std::shared_ptr<Mailbox> mail_;  // of a Slurm job
    std::shared_ptr<Comm> comm_;
    struct Alarm;
    std::shared_ptr<Alarm> alarm_;
    std::unique_ptr<RankChannel> channel_;
    RankProcesses* processes_ = nullptr;  // the channel, where rank 0 has started the others
    bool finished_ = false;
};

// Whether NCCL joins these devices: GPUs, none of them twice. Else memory does.
bool joinsByNccl(const std::vector<std::string>& devices);

}  // namespace understudy::training
