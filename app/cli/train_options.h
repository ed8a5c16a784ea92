// What train and submit are asked for alike, and the run folder that follows from it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/verbs.h"
#include "media/project/project.h"
#include "training/prepare/prepare.h"

namespace understudy::cli {

struct TrainOptions {
    std::string project;
    std::string source;
    std::string destination;
    std::string preset = "quick";
    std::vector<std::string> settings;
    std::string base;
    std::optional<int64_t> steps;
    std::optional<double> minutes;
    std::optional<double> untilLoss;
    std::optional<double> price;
    std::string run;
    bool resume = false;
    bool detach = false;
    bool shareDevices = false;
};

void addTrainOptions(CLI::App& verb, TrainOptions& options);

// Cuts faces where the plan wants them otherwise, and makes the run folder. Errors: usage, and
// those of the jobs that cut.
Result<training::PreparedRun> prepareTraining(const Settings& settings, media::Project& project,
                                              const TrainOptions& options);

// The limits, for the trainer's command line.
std::vector<std::string> limitArguments(const TrainOptions& options);

// The price of a GPU, likewise: the one that was given, else the setting, else none. Errors: usage,
// environment.
Result<std::vector<std::string>> priceArguments(const media::Project& project,
                                                const TrainOptions& options);

}  // namespace understudy::cli
