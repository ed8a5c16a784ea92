// What understudy-trainer was asked to do. Parsed by hand: the trainer builds on nodes that have
// nothing but torch, a compiler and CMake.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/engine/trainer/bench.h"
#include "training/engine/trainer/plan_estimate.h"
#include "training/engine/trainer/trainer.h"

namespace understudy {

struct Arguments {
    bool help = false;
    bool version = false;
    bool bench = false;
    bool estimate = false;             // what a plan will take
    bool calibrate = false;            // the benchmark's result is kept
    std::filesystem::path exportBase;  // run or checkpoint to make a base model of
    std::filesystem::path out;         // its folder
    bool followStdin = false;          // requests on stdin, its end means save and stop
    bool jsonLines = false;            // events on stdout
    // Of another rank than the first, which was started by that.
    training::RankIdentity rank;
    int rankLeader = 0;  // process id
    bool slurm = false;  // a task that srun started
    training::TrainerOptions trainer;
    training::BenchOptions benchmark;
    training::EstimateOptions estimated;
};

// Errors: usage, naming the option.
Result<Arguments> parseArguments(const std::vector<std::string>& arguments);

extern const char* const kUsage;

}  // namespace understudy
