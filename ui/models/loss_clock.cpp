// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/loss_clock.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace understudy::ui {
namespace {

// What `to` has where `from` has `at`; both ascend.
double between(const std::vector<double>& from, const std::vector<double>& to, double at) {
    if (from.empty()) {
        return 0;
    }
    const auto after = std::lower_bound(from.begin(), from.end(), at);
    if (after == from.end()) {
        return to.back();
    }
    const auto i = static_cast<size_t>(after - from.begin());
    // The run began at step 0 and second 0.
    const double x = i > 0 ? from[i - 1] : 0;
    const double y = i > 0 ? to[i - 1] : 0;
    const double part = from[i] > x ? (at - x) / (from[i] - x) : 1;
    return y + (to[i] - y) * std::max(0.0, part);
}

}  // namespace

void LossClock::append(double step, double seconds, double loss) {
    const bool finite = std::isfinite(loss);
    // A clock that went back a little when the run went on stands still here.
    seconds_.push_back(seconds_.empty() ? seconds : std::max(seconds, seconds_.back()));
    sums_.push_back((sums_.empty() ? 0 : sums_.back()) + (finite ? loss : 0));
    counts_.push_back((counts_.empty() ? 0 : counts_.back()) + (finite ? 1 : 0));
    steps_.push_back(step);
    last_ = loss;
}

void LossClock::cutAfter(double step) {
    const auto keep =
        static_cast<size_t>(std::upper_bound(steps_.begin(), steps_.end(), step) - steps_.begin());
    for (auto* values : {&steps_, &seconds_, &sums_, &counts_}) {
        values->resize(keep);
    }
}

void LossClock::clear() {
    cutAfter(-1);
}

double LossClock::secondsAt(double step) const {
    return between(steps_, seconds_, step);
}

double LossClock::stepAt(double seconds) const {
    return between(seconds_, steps_, seconds);
}

double LossClock::mean(double from, double to) const {
    const auto upTo = [this](double at) {
        return static_cast<size_t>(std::upper_bound(seconds_.begin(), seconds_.end(), at) -
                                   seconds_.begin());
    };
    const auto at = [](const std::vector<double>& values, size_t count) {
        return count == 0 ? 0 : values[count - 1];
    };
    const size_t begin = upTo(from);
    const size_t end = upTo(to);
    const double count = at(counts_, end) - at(counts_, begin);
    return count > 0 ? (at(sums_, end) - at(sums_, begin)) / count
                     : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace understudy::ui
