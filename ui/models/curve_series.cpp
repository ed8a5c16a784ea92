// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/curve_series.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace understudy::ui {
namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

bool drawable(double value, bool log) {
    return std::isfinite(value) && (!log || value > 0);
}

// Adds the smallest and largest value of [begin, end) in the order they come, and a gap where the
// whole bucket is one.
void addBucket(const std::vector<double>& x, const std::vector<double>& y, size_t begin, size_t end,
               bool log, CurvePoints& out) {
    size_t least = end;
    size_t most = end;
    for (size_t i = begin; i < end; ++i) {
        if (!drawable(y[i], log)) {
            continue;
        }
        if (least == end || y[i] < y[least]) {
            least = i;
        }
        if (most == end || y[i] > y[most]) {
            most = i;
        }
    }
    if (least == end) {
        out.x.push_back(x[begin]);
        out.y.push_back(kGap);
        return;
    }
    for (const size_t i : {std::min(least, most), std::max(least, most)}) {
        if (out.x.empty() || out.x.back() != x[i]) {
            out.x.push_back(x[i]);
            out.y.push_back(y[i]);
        }
    }
}

}  // namespace

void CurveSeries::append(double step, double value) {
    constant_ = constant_ && (values_.empty() || value == values_.front());
    steps_.push_back(step);
    values_.push_back(value);
    smoothFrom(values_.size() - 1);
}

void CurveSeries::cutAfter(double step) {
    const auto keep =
        static_cast<size_t>(std::upper_bound(steps_.begin(), steps_.end(), step) - steps_.begin());
    if (keep == steps_.size()) {
        return;
    }
    steps_.resize(keep);
    values_.resize(keep);
    setSmoothing(weight_);
}

void CurveSeries::clear() {
    steps_.clear();
    values_.clear();
    setSmoothing(weight_);
}

void CurveSeries::setSmoothing(double weight) {
    weight_ = std::clamp(weight, 0.0, 0.999);
    average_ = 0;
    bias_ = 1;
    smoothed_.clear();
    constant_ = std::all_of(values_.begin(), values_.end(),
                            [this](double v) { return v == values_.front(); });
    smoothFrom(0);
}

void CurveSeries::smoothFrom(size_t begin) {
    smoothed_.resize(values_.size());
    for (size_t i = begin; i < values_.size(); ++i) {
        if (!std::isfinite(values_[i])) {
            smoothed_[i] = kGap;
            continue;
        }
        average_ = weight_ * average_ + (1 - weight_) * values_[i];
        bias_ *= weight_;
        smoothed_[i] = constant_ ? values_[i] : average_ / (1 - bias_);
    }
}

size_t CurveSeries::indexAt(double step) const {
    const auto after = std::lower_bound(steps_.begin(), steps_.end(), step);
    auto i = static_cast<size_t>(after - steps_.begin());
    if (i == steps_.size() || (i > 0 && step - steps_[i - 1] < steps_[i] - step)) {
        --i;
    }
    return i;
}

double CurveSeries::lastValue() const {
    return values_.empty() ? kGap : values_.back();
}

double CurveSeries::valueAt(double step) const {
    return steps_.empty() ? kGap : values_[indexAt(step)];
}

double CurveSeries::smoothedAt(double step) const {
    return steps_.empty() ? kGap : smoothed_[indexAt(step)];
}

CurvePoints CurveSeries::thinned(double from, double to, size_t most, bool smoothed,
                                 bool log) const {
    CurvePoints out;
    const auto& y = smoothed ? smoothed_ : values_;
    auto begin =
        static_cast<size_t>(std::lower_bound(steps_.begin(), steps_.end(), from) - steps_.begin());
    auto end =
        static_cast<size_t>(std::upper_bound(steps_.begin(), steps_.end(), to) - steps_.begin());
    begin -= begin > 0 ? 1 : 0;
    end += end < steps_.size() ? 1 : 0;
    if (begin >= end) {
        return out;
    }
    const size_t count = end - begin;
    if (count <= most) {
        for (size_t i = begin; i < end; ++i) {
            out.x.push_back(steps_[i]);
            out.y.push_back(drawable(y[i], log) ? y[i] : kGap);
        }
        return out;
    }
    const size_t buckets = std::max<size_t>(1, most / 2);
    for (size_t b = 0; b < buckets; ++b) {
        const size_t first = begin + count * b / buckets;
        const size_t last = begin + count * (b + 1) / buckets;
        if (first < last) {
            addBucket(steps_, y, first, last, log, out);
        }
    }
    return out;
}

double CurveSeries::percentile(double p, double from, double to, bool log) const {
    std::vector<double> seen;
    const auto begin =
        static_cast<size_t>(std::lower_bound(steps_.begin(), steps_.end(), from) - steps_.begin());
    const auto end =
        static_cast<size_t>(std::upper_bound(steps_.begin(), steps_.end(), to) - steps_.begin());
    const size_t stride = std::max<size_t>(1, (end - std::min(begin, end)) / 20000);
    for (size_t i = begin; i < end; i += stride) {
        if (drawable(values_[i], log)) {
            seen.push_back(values_[i]);
        }
    }
    if (seen.empty()) {
        return kGap;
    }
    const auto place = seen.begin() + static_cast<std::ptrdiff_t>(std::min(
                                          seen.size() - 1.0, p * static_cast<double>(seen.size())));
    std::nth_element(seen.begin(), place, seen.end());
    return *place;
}

size_t CurveSeries::countAbove(double value, double from, double to) const {
    size_t count = 0;
    for (size_t i = 0; i < steps_.size(); ++i) {
        count += steps_[i] >= from && steps_[i] <= to && values_[i] > value ? 1 : 0;
    }
    return count;
}

}  // namespace understudy::ui
