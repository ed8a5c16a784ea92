// Energy that the GPUs of a run take while it trains.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "training/telemetry/nvml.h"

namespace understudy::training {

class EnergyMeter {
  public:
    // devices: one entry a rank, "cuda:0" or "cpu"; a GPU that is named twice is that of another
    // machine as well, whose energy nobody here knows.
    explicit EnergyMeter(const std::vector<std::string>& devices);
    // For tests: the libraries to ask.
    EnergyMeter(const std::vector<std::string>& devices, const std::string& nvml,
                const std::string& cuda);

    // Since the meter was made; nothing when there is no GPU or one of them does not count.
    std::optional<double> joules() const;

  private:
    std::optional<double> total() const;

    std::optional<Nvml> nvml_;
    std::vector<std::string> uuids_;  // empty: not known
    std::optional<double> start_;
};

}  // namespace understudy::training
