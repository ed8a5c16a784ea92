#include "training/engine/trainer/loss_meter.h"

#include <cmath>

namespace understudy::training {

namespace {
constexpr double kKeep = 0.986;  // of the average a step: half life 50 steps
// A total this many times the smoothed one is no noise of the batches; looked at once half the
// weight of the average is there.
constexpr double kFarAbove = 3;
constexpr double kSettled = 0.5;
}  // namespace

void LossMeter::add(const LossResult& loss) {
    const torch::NoGradGuard noGradient;
    std::vector<torch::Tensor> values = {loss.total.detach()};
    for (const LossTerm& term : loss.terms) {
        values.push_back(term.value);
    }
    const torch::Tensor all = torch::stack(values);
    if (steps_ == 0 || all.numel() != sums_.numel()) {
        names_.clear();
        for (const LossTerm& term : loss.terms) {
            names_.push_back(term.name);
        }
        sums_ = all;
        steps_ = 1;
        return;
    }
    sums_ += all;
    ++steps_;
}

LossReading LossMeter::read(Comm* comm) {
    LossReading reading;
    reading.steps = steps_;
    if (steps_ == 0) {
        reading.total = smoothed();
        return reading;
    }
    torch::Tensor means = (sums_ / steps_).to(torch::kDouble);
    if (comm != nullptr) {
        comm->average(means);
    }
    means = means.to(torch::kCPU);
    const double* values = means.data_ptr<double>();
    reading.total = values[0];
    for (size_t i = 0; i < names_.size(); ++i) {
        reading.terms[names_[i]] = values[i + 1];
    }
    reading.diverged = !std::isfinite(reading.total) ||
                       (weight_ > kSettled && reading.total > kFarAbove * smoothed());
    if (!reading.diverged) {
        const double kept = std::pow(kKeep, static_cast<double>(steps_));
        average_ = kept * average_ + (1 - kept) * reading.total;
        weight_ = kept * weight_ + (1 - kept);
    }
    steps_ = 0;
    return reading;
}

void LossMeter::forget() {
    steps_ = 0;
}

double LossMeter::smoothed() const {
    return weight_ > 0 ? average_ / weight_ : std::nan("");
}

void LossMeter::save(std::map<std::string, double>& numbers) const {
    numbers["smoothed_average"] = average_;
    numbers["smoothed_weight"] = weight_;
}

void LossMeter::restore(const std::map<std::string, double>& numbers) {
    const auto average = numbers.find("smoothed_average");
    const auto weight = numbers.find("smoothed_weight");
    const bool both = average != numbers.end() && weight != numbers.end();
    average_ = both ? average->second : 0;
    weight_ = both ? weight->second : 0;
    steps_ = 0;
}

}  // namespace understudy::training
