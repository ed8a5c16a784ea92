// SPDX-License-Identifier: GPL-3.0-or-later
// One curve's raw data outside the plot: appended as it is read, smoothed over all of it, and
// thinned to the smallest and largest value of each bucket of what is visible, so that painting
// never walks a million points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace understudy::ui {

struct CurvePoints {
    std::vector<double> x;
    std::vector<double> y;
};

// Where the smallest and largest values of each stretch of 64 are, so that whoever looks for them
// in a long part looks at few.
class ValueExtremes {
  public:
    struct Places {
        static constexpr size_t kNone = SIZE_MAX;
        size_t least = kNone, most = kNone;  // the first of equal ones
    };
    // Values from `begin` on were appended or changed; those behind the last one are gone.
    void update(const std::vector<double>& values, size_t begin);
    // Of the finite values in [begin, end); of those above 0 where `positive`.
    Places find(const std::vector<double>& values, size_t begin, size_t end, bool positive) const;
    size_t countAbove(double limit, const std::vector<double>& values, size_t begin,
                      size_t end) const;

  private:
    struct Block {
        size_t least, leastPositive, most;
    };
    std::vector<Block> blocks_;
    size_t size_ = 0;
};

class CurveSeries {
  public:
    // Steps ascend; a value that is not finite is a gap.
    void append(double step, double value);
    // Forgets what lies after `step`: a resumed run goes back to its checkpoint.
    void cutAfter(double step);
    void clear();

    size_t size() const { return steps_.size(); }
    bool empty() const { return steps_.empty(); }
    double firstStep() const { return steps_.empty() ? 0 : steps_.front(); }
    double lastStep() const { return steps_.empty() ? 0 : steps_.back(); }
    double lastValue() const;
    // The value at the nearest step; NaN without any.
    double valueAt(double step) const;
    double smoothedAt(double step) const;
    // Where the smallest value is; nothing without a finite one.
    std::optional<double> leastStep() const;

    // Weight of the past, 0 to 0.999. The average is debiased; a constant series stays constant. It
    // is computed when somebody looks at it; of many points that were looked at, in parts: until
    // proceed() has come to their end, the line of the weight before is seen.
    void setSmoothing(double weight);
    // Computes on for at most `most` points, which it takes from `most`. True when a line is done
    // that is to be shown now.
    bool proceed(size_t& most);
    bool proceeding() const { return coming_.has_value(); }

    // At most `most` points within [from, to], and one beyond on either side. `log`: values <= 0
    // become gaps.
    CurvePoints thinned(double from, double to, size_t most, bool smoothed, bool log) const;

    // The value below which the fraction `p` of the finite values in [from, to] lies; NaN if none.
    double percentile(double p, double from, double to, bool log) const;
    size_t countAbove(double value, double from, double to) const;

  private:
    // The debiased average of the first values.
    struct Smoothed {
        double weight = 0.6;
        std::vector<double> values{};
        ValueExtremes extremes{};
        double average = 0;
        double bias = 1;  // weight^n
    };
    size_t indexAt(double step) const;
    void smooth() const;
    void extend(Smoothed& line, size_t end) const;

    std::vector<double> steps_;
    std::vector<double> values_;
    ValueExtremes extremes_;
    double weight_ = 0.6;  // that was asked for last
    bool constant_ = true;
    mutable Smoothed shown_;          // as far as it was looked at
    std::optional<Smoothed> coming_;  // of another weight
};

}  // namespace understudy::ui
