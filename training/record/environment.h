// environment.json: on what a run was trained, so that somebody can repeat it or see why another
// machine gives other numbers. One entry for each start of the trainer, in order; nothing in it
// names the machine or its user.
//   {"format": 1, "starts": [{"step": 0, "versions": {...}, "cpu": ..., ...}, ...]}
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/telemetry/nvml.h"

namespace understudy::training {

struct Environment {
    int64_t step = 0;                             // steps that were done when it started
    std::map<std::string, std::string> versions;  // "understudy", "torch", "kernel", "driver"
    std::string cpu;                              // model
    int cores = 0;
    uint64_t memoryBytes = 0;
    std::vector<Nvml::Gpu> gpus;
    std::vector<std::string> devices;  // one a rank
    int threads = 0;                   // of each rank
    std::string precision, mode;       // as they were chosen
    uint64_t seed = 0;
    std::string sourceFaces, destinationFaces;  // faceset hashes
    std::vector<std::string> otherFaces;        // likewise, of the plan's others
    // What the command line said of the length; the schedule of the learning rate follows it.
    std::optional<int64_t> steps;
    std::optional<double> minutes;
};

// Of this machine: versions of the system, CPU, memory, GPUs.
Environment describeMachine();

std::string environmentToJson(const Environment& environment);

// Adds a start; those at later steps belong to a course that the run did not take, and go. Errors:
// cannotWrite.
Status recordStart(const std::filesystem::path& file, const Environment& environment);

// Ascending by step. Errors: missingInput, corruptData.
Result<std::vector<Environment>> readStarts(const std::filesystem::path& file);

}  // namespace understudy::training
