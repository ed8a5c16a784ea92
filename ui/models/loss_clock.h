// SPDX-License-Identifier: GPL-3.0-or-later
// The losses of a run against the time that it trained: when a step was, and the mean of any part
// at once, however long the run is.
#pragma once

#include <cstddef>
#include <vector>

namespace understudy::ui {

class LossClock {
  public:
    // Steps and seconds ascend; a loss that is not finite counts for nothing.
    void append(double step, double seconds, double loss);
    void cutAfter(double step);
    void clear();

    size_t size() const { return steps_.size(); }
    double seconds() const { return seconds_.empty() ? 0 : seconds_.back(); }
    double lastLoss() const { return last_; }  // finite or not
    // Between lines they are as far on as their neighbours say.
    double secondsAt(double step) const;
    double stepAt(double seconds) const;
    // Of the lines of (from, to] in seconds; NaN without any.
    double mean(double from, double to) const;

  private:
    std::vector<double> steps_;
    std::vector<double> seconds_;
    std::vector<double> sums_;    // of the finite losses up to here
    std::vector<double> counts_;  // of them
    double last_ = 0;
};

}  // namespace understudy::ui
