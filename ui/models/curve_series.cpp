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

// As many are smoothed before the next frame is due.
constexpr size_t kAtOnce = 100'000;
constexpr size_t kBlock = 64;
// Taken from one, it leaves one.
constexpr double kNoBias = std::numeric_limits<double>::epsilon() / 4;
constexpr size_t kNone = ValueExtremes::Places::kNone;

void keepLeast(size_t& place, size_t i, const std::vector<double>& values) {
    if (i != kNone && (place == kNone || values[i] < values[place])) {
        place = i;
    }
}

void keepMost(size_t& place, size_t i, const std::vector<double>& values) {
    if (i != kNone && (place == kNone || values[i] > values[place])) {
        place = i;
    }
}

}  // namespace

void ValueExtremes::update(const std::vector<double>& values, size_t begin) {
    if (begin != size_) {
        begin -= begin % kBlock;
        blocks_.resize(begin / kBlock);
    }
    size_ = values.size();
    blocks_.resize((size_ + kBlock - 1) / kBlock, {kNone, kNone, kNone});
    for (size_t i = begin; i < size_;) {
        Block block = blocks_[i / kBlock];  // which no store of another place is in the way of
        const size_t end = std::min(size_, (i / kBlock + 1) * kBlock);
        const size_t first = i;
        for (; i < end; ++i) {
            if (std::isfinite(values[i])) {
                keepLeast(block.least, i, values);
                keepMost(block.most, i, values);
                keepLeast(block.leastPositive, values[i] > 0 ? i : kNone, values);
            }
        }
        blocks_[first / kBlock] = block;
    }
}

ValueExtremes::Places ValueExtremes::find(const std::vector<double>& values, size_t begin,
                                          size_t end, bool positive) const {
    Places places;
    for (size_t i = begin; i < end;) {
        if (i % kBlock == 0 && i + kBlock <= end) {
            const Block& block = blocks_[i / kBlock];
            keepLeast(places.least, positive ? block.leastPositive : block.least, values);
            const bool counts = block.most != kNone && drawable(values[block.most], positive);
            keepMost(places.most, counts ? block.most : kNone, values);
            i += kBlock;
        } else {
            if (drawable(values[i], positive)) {
                keepLeast(places.least, i, values);
                keepMost(places.most, i, values);
            }
            ++i;
        }
    }
    return places;
}

size_t ValueExtremes::countAbove(double limit, const std::vector<double>& values, size_t begin,
                                 size_t end) const {
    size_t count = 0;
    for (size_t i = begin; i < end;) {
        const size_t next = std::min(end, (i / kBlock + 1) * kBlock);
        const size_t most = blocks_[i / kBlock].most;
        if (most != kNone && values[most] > limit) {
            for (; i < next; ++i) {
                count += std::isfinite(values[i]) && values[i] > limit ? 1 : 0;
            }
        }
        i = next;
    }
    return count;
}

void CurveSeries::append(double step, double value) {
    constant_ = constant_ && (values_.empty() || value == values_.front());
    steps_.push_back(step);
    values_.push_back(value);
    extremes_.update(values_, values_.size() - 1);
}

void CurveSeries::cutAfter(double step) {
    const auto keep =
        static_cast<size_t>(std::upper_bound(steps_.begin(), steps_.end(), step) - steps_.begin());
    if (keep == steps_.size()) {
        return;
    }
    steps_.resize(keep);
    values_.resize(keep);
    extremes_.update(values_, keep);
    constant_ = std::all_of(values_.begin(), values_.end(),
                            [this](double v) { return v == values_.front(); });
    coming_.reset();
    shown_ = {.weight = weight_};
}

void CurveSeries::clear() {
    cutAfter(-std::numeric_limits<double>::infinity());
}

void CurveSeries::setSmoothing(double weight) {
    weight_ = std::clamp(weight, 0.0, 0.999);
    if (shown_.values.size() < kAtOnce) {
        coming_.reset();
        shown_ = {.weight = weight_};
    } else if (!coming_) {  // else the one that comes is shown first: a slider may never rest
        coming_ = Smoothed{.weight = weight_};
    }
}

bool CurveSeries::proceed(size_t& most) {
    if (!coming_) {
        return false;
    }
    const size_t done = coming_->values.size();
    extend(*coming_, std::min(values_.size(), done + most));
    most -= coming_->values.size() - done;
    if (coming_->values.size() < values_.size()) {
        return false;
    }
    shown_ = std::move(*coming_);
    coming_.reset();
    if (shown_.weight != weight_) {
        coming_ = Smoothed{.weight = weight_};
    }
    return true;
}

void CurveSeries::extend(Smoothed& line, size_t end) const {
    const size_t begin = line.values.size();
    if (begin == end) {
        return;
    }
    if (begin == 0) {
        line.values.reserve(values_.size());
    }
    line.values.resize(end);
    const double weight = line.weight;
    double average = line.average;
    double bias = line.bias;
    for (size_t i = begin; i < end; ++i) {
        if (!std::isfinite(values_[i])) {
            line.values[i] = kGap;
            continue;
        }
        average = weight * average + (1 - weight) * values_[i];
        bias = bias * weight > kNoBias ? bias * weight : 0;
        line.values[i] = constant_ ? values_[i] : bias > 0 ? average / (1 - bias) : average;
    }
    line.average = average;
    line.bias = bias;
    line.extremes.update(line.values, begin);
}

// Goes on where it was left.
void CurveSeries::smooth() const {
    extend(shown_, values_.size());
}

std::optional<double> CurveSeries::leastStep() const {
    const auto [least, most] = extremes_.find(values_, 0, values_.size(), false);
    return least == kNone ? std::nullopt : std::optional(steps_[least]);
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
    smooth();
    return steps_.empty() ? kGap : shown_.values[indexAt(step)];
}

CurvePoints CurveSeries::thinned(double from, double to, size_t most, bool smoothed,
                                 bool log) const {
    CurvePoints out;
    if (smoothed) {
        smooth();
    }
    const auto& y = smoothed ? shown_.values : values_;
    const auto& extremes = smoothed ? shown_.extremes : extremes_;
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
    // Where they are long, they begin with a stretch whose extremes are known.
    const size_t grain = count / buckets > 2 * kBlock ? kBlock : 1;
    const auto border = [&](size_t b) {
        const size_t place = begin + count * b / buckets;
        return b == buckets ? end : std::max(begin, place - place % grain);
    };
    for (size_t b = 0; b < buckets; ++b) {
        const size_t first = border(b);
        const size_t last = border(b + 1);
        const auto [least, greatest] = extremes.find(y, first, last, log);
        if (least == kNone) {
            out.x.push_back(steps_[first]);
            out.y.push_back(kGap);
            continue;
        }
        for (const size_t i : {std::min(least, greatest), std::max(least, greatest)}) {
            if (out.x.empty() || out.x.back() != steps_[i]) {
                out.x.push_back(steps_[i]);
                out.y.push_back(y[i]);
            }
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
    const auto begin = std::lower_bound(steps_.begin(), steps_.end(), from) - steps_.begin();
    const auto end = std::upper_bound(steps_.begin(), steps_.end(), to) - steps_.begin();
    return extremes_.countAbove(value, values_, static_cast<size_t>(begin),
                                static_cast<size_t>(end));
}

}  // namespace understudy::ui
