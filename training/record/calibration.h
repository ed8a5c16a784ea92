// How fast one device trains a network, kept in the user's cache: what the devices of a run give
// together is measured against it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "media/base/result.h"
#include "training/plan/plan.h"
#include "training/record/environment.h"

namespace understudy::training {

// Two trainings with the same key take the same time for a step on one device.
struct CalibrationKey {
    std::string network;    // sizes, losses and optimizer of the plan
    int batch = 0;          // faces of each side, of one device
    std::string precision;  // as it was chosen
    std::string device;     // model of the GPU or CPU
    int threads = 0;        // of one rank; 0 on a GPU, which hardly feels them
};

// `batch` of the plan is that of all `ranks`.
CalibrationKey calibrationKey(const Plan& plan, int ranks, const std::string& precision,
                              const std::string& deviceModel, int threads);

// The model of "cpu" or "cuda:1" on this machine.
std::string deviceModel(const Environment& machine, const std::string& device);

class Calibrations {
  public:
    // Files of `folder`, which is made when something is kept. Empty: nothing is known or kept.
    explicit Calibrations(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // Steps a second of one device; nothing where it was not measured, or cannot be read.
    std::optional<double> rate(const CalibrationKey& key) const;
    // Instead of what was known. Errors: cannotWrite.
    Status keep(const CalibrationKey& key, double rate) const;
    // Unless more was known: a machine with other work is no measure. Errors: cannotWrite.
    Status raise(const CalibrationKey& key, double rate) const;

  private:
    std::filesystem::path fileOf(const CalibrationKey& key) const;
    std::filesystem::path folder_;
};

// In the user's cache; empty where there is none.
std::filesystem::path calibrationFolder();

}  // namespace understudy::training
