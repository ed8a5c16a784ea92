// What a run has taken so far: hours of its devices, money at the user's price, energy. Goes on
// from the checkpoint like the time of stepping does.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "training/record/energy_meter.h"

namespace understudy::training {

struct RunCost {
    double gpuHours = 0;              // ranks times hours of stepping
    std::optional<double> cost;       // at the price of one device for an hour; nothing without one
    std::optional<double> energyKwh;  // nothing unless all of it was measured
};

class CostMeter {
  public:
    // devices: one entry a rank. `seconds`: of stepping so far, of which `numbers` of the
    // checkpoint tell what they took.
    CostMeter(const std::vector<std::string>& devices, std::optional<double> pricePerHour,
              double seconds, const std::map<std::string, double>& numbers);

    RunCost at(double seconds) const;
    // For the checkpoint.
    void save(double seconds, std::map<std::string, double>& numbers) const;

  private:
    double ranks_;
    std::optional<double> price_;
    double startSeconds_;
    double gpuSecondsBefore_ = 0;
    std::optional<double> joulesBefore_;
    EnergyMeter energy_;
};

}  // namespace understudy::training
