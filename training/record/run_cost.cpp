#include "training/record/run_cost.h"

#include <algorithm>
#include <cmath>

namespace understudy::training {

namespace {

constexpr const char* kGpuSeconds = "gpu_seconds";
constexpr const char* kJoules = "joules";
constexpr double kHour = 3600, kJoulesPerKwh = 3.6e6;

std::optional<double> numberOf(const std::map<std::string, double>& numbers, const char* name) {
    const auto found = numbers.find(name);
    return found != numbers.end() && std::isfinite(found->second) ? std::optional(found->second)
                                                                  : std::nullopt;
}

}  // namespace

CostMeter::CostMeter(const std::vector<std::string>& devices, std::optional<double> pricePerHour,
                     double seconds, const std::map<std::string, double>& numbers)
    : ranks_(static_cast<double>(std::max<size_t>(1, devices.size()))),
      price_(pricePerHour),
      startSeconds_(seconds),
      energy_(devices) {
    // A checkpoint that does not tell is of one device: there were no others then.
    gpuSecondsBefore_ = numberOf(numbers, kGpuSeconds).value_or(seconds);
    joulesBefore_ = seconds > 0 ? numberOf(numbers, kJoules) : std::optional(0.0);
}

RunCost CostMeter::at(double seconds) const {
    RunCost cost;
    const double gpuSeconds = gpuSecondsBefore_ + ranks_ * std::max(0.0, seconds - startSeconds_);
    cost.gpuHours = gpuSeconds / kHour;
    if (price_) {
        cost.cost = *price_ * cost.gpuHours;
    }
    const auto joules = energy_.joules();
    if (joules && joulesBefore_) {
        cost.energyKwh = (*joulesBefore_ + *joules) / kJoulesPerKwh;
    }
    return cost;
}

void CostMeter::save(double seconds, std::map<std::string, double>& numbers) const {
    const RunCost cost = at(seconds);
    numbers[kGpuSeconds] = cost.gpuHours * kHour;
    if (cost.energyKwh) {
        numbers[kJoules] = *cost.energyKwh * kJoulesPerKwh;
    }
}

}  // namespace understudy::training
