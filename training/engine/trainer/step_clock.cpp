#include "training/engine/trainer/step_clock.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace understudy::training {

namespace {
constexpr size_t kRecent = 64;
}

void StepClock::add(double stepSeconds, double dataSeconds, double communicationSeconds) {
    seconds_ += stepSeconds;
    recent_.push_back({stepSeconds, dataSeconds, communicationSeconds});
    if (recent_.size() > kRecent) {
        recent_.pop_front();
    }
}

double StepClock::percentile(double part) const {
    std::vector<double> times;
    for (const Step& step : recent_) {
        times.push_back(step.seconds);
    }
    std::sort(times.begin(), times.end());
    return times[static_cast<size_t>(part * static_cast<double>(times.size() - 1) + 0.5)];
}

double StepClock::rate() const {
    if (recent_.empty()) {
        return 0;
    }
    const double median = percentile(0.5);
    return median > 0 ? 1 / median : 0;
}

double StepClock::dataWait() const {
    double all = 0, data = 0;
    for (const Step& step : recent_) {
        all += step.seconds;
        data += step.data;
    }
    return all > 0 ? data / all : 0;
}

double StepClock::communication() const {
    double all = 0;
    for (const Step& step : recent_) {
        all += step.communication;
    }
    return recent_.empty() ? 0 : all / static_cast<double>(recent_.size());
}

bool StepClock::settled() const {
    return recent_.size() == kRecent;
}

std::pair<double, double> StepClock::remaining(int64_t steps) const {
    if (recent_.size() < 5) {
        return {-1, -1};
    }
    const auto count = static_cast<double>(std::max<int64_t>(0, steps));
    return {count * percentile(0.1), count * percentile(0.9)};
}

double monotonicSeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace understudy::training
