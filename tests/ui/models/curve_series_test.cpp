// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/curve_series.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using understudy::ui::CurveSeries;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a constant series stays constant at any smoothing") {
    CurveSeries series;
    for (int i = 0; i < 50; ++i) {
        series.append(i, 0.25);
    }
    for (const double weight : {0.0, 0.6, 0.999}) {
        series.setSmoothing(weight);
        CHECK(series.smoothedAt(0) == 0.25);
        CHECK(series.smoothedAt(49) == 0.25);
    }
}

TEST_CASE("smoothing is debiased: the first value is itself, a step is followed") {
    CurveSeries series;
    series.setSmoothing(0.9);
    series.append(0, 4);
    for (int i = 1; i <= 100; ++i) {
        series.append(i, 1);
    }
    CHECK(series.smoothedAt(0) == Approx(4));
    // (0.9 * 0.1 * 4 + 0.1 * 1) / (1 - 0.81)
    CHECK(series.smoothedAt(1) == Approx((0.36 + 0.1) / 0.19));
    CHECK(series.smoothedAt(100) == Approx(1).margin(1e-3));
}

TEST_CASE("the bias is taken off as long as there is any") {
    for (const double weight : {0.0, 0.5, 0.97, 0.999}) {
        CurveSeries series;
        series.setSmoothing(weight);
        double average = 0;
        bool same = true;
        for (int i = 0; i < 50'000; ++i) {
            const double value = 1 + std::sin(i * 0.37);
            series.append(i, value);
            average = weight * average + (1 - weight) * value;
            const double wanted = average / (1 - std::pow(weight, i + 1));
            same &= std::abs(series.smoothedAt(i) - wanted) <= 1e-12 * wanted;
        }
        INFO(weight);
        CHECK(same);
    }
}

TEST_CASE("a long series is smoothed anew in parts, and shows the line before until then") {
    constexpr int kSteps = 250'000;
    const auto made = [](double weight) {
        CurveSeries series;
        series.setSmoothing(weight);
        for (int i = 0; i < kSteps; ++i) {
            series.append(i, i % 7);
        }
        return series;
    };
    CurveSeries series = made(0.5);
    const double before = series.smoothedAt(kSteps - 1);
    CHECK_FALSE(series.proceeding());
    series.setSmoothing(0.99);
    series.setSmoothing(0.9);  // the first is shown before
    size_t most = 200'000;
    CHECK_FALSE(series.proceed(most));
    CHECK(most == 0);
    CHECK(series.smoothedAt(kSteps - 1) == before);
    most = 200'000;
    CHECK(series.proceed(most));
    CHECK(most == 150'000);
    CHECK(series.smoothedAt(kSteps - 1) == made(0.99).smoothedAt(kSteps - 1));
    CHECK(series.proceeding());
    series.append(kSteps, 100);
    most = 1'000'000;
    CHECK(series.proceed(most));
    CHECK_FALSE(series.proceeding());
    CurveSeries wanted = made(0.9);
    wanted.append(kSteps, 100);
    CHECK(series.smoothedAt(kSteps) == wanted.smoothedAt(kSteps));
    CHECK(series.thinned(0, kSteps, 100, true, false).y ==
          wanted.thinned(0, kSteps, 100, true, false).y);
}

TEST_CASE("a value that is no number is a gap and does not reach the others") {
    CurveSeries series;
    series.append(1, 1);
    series.append(2, kNan);
    series.append(3, 1);
    CHECK(std::isnan(series.smoothedAt(2)));
    CHECK(series.smoothedAt(3) == Approx(1));
    const auto points = series.thinned(0, 10, 100, false, false);
    REQUIRE(points.y.size() == 3);
    CHECK(std::isnan(points.y[1]));
}

TEST_CASE("a long history is thinned without losing a spike") {
    CurveSeries series;
    constexpr int kSteps = 200000;
    for (int i = 0; i < kSteps; ++i) {
        series.append(i, i == 123457 ? 50 : 1);
    }
    const auto points = series.thinned(0, kSteps, 1000, false, false);
    CHECK(points.x.size() <= 1002);
    CHECK(points.x.size() > 400);
    CHECK(std::is_sorted(points.x.begin(), points.x.end()));
    CHECK(*std::max_element(points.y.begin(), points.y.end()) == 50);
    CHECK(series.percentile(0.95, 0, kSteps, false) == 1);
    CHECK(series.countAbove(10, 0, kSteps) == 1);
}

TEST_CASE("extremes and counts are those of every value, whatever was appended or cut off") {
    std::mt19937 random(5);
    std::normal_distribution<double> normal(0.2, 1);
    const auto drawn = [&] {
        const auto kind = random() % 50;
        return kind == 0   ? kNan
               : kind == 1 ? std::numeric_limits<double>::infinity()
                           : normal(random);
    };
    CurveSeries series;
    std::vector<double> values;
    for (int round = 0; round < 40; ++round) {
        for (auto more = random() % 300; more > 0; --more) {
            values.push_back(drawn());
            series.append(static_cast<double>(values.size() - 1), values.back());
        }
        if (round % 5 == 4) {
            values.resize(values.size() - random() % values.size());
            series.cutAfter(static_cast<double>(values.size()) - 1);
        }
        const size_t from = random() % values.size();
        const size_t to = from + random() % (values.size() - from);
        const bool log = random() % 2 == 0;
        const auto part = [&](auto take) {
            for (size_t i = from; i <= to; ++i) {
                if (std::isfinite(values[i]) && (!log || values[i] > 0)) {
                    take(values[i]);
                }
            }
        };
        double least = kNan;
        double most = kNan;
        size_t above = 0;
        part([&](double value) {
            least = std::fmin(least, value);
            most = std::fmax(most, value);
            above += value > 1 ? 1 : 0;
        });
        CHECK(series.countAbove(1, static_cast<double>(from), static_cast<double>(to)) == above);
        // One bucket, whose neighbours on either side belong to it.
        const auto points = series.thinned(static_cast<double>(from) + 0.5,
                                           static_cast<double>(to) - 0.5, 2, false, log);
        if (to >= from + 2 && !std::isnan(least)) {
            REQUIRE(!points.y.empty());
            CHECK(*std::min_element(points.y.begin(), points.y.end()) == least);
            CHECK(*std::max_element(points.y.begin(), points.y.end()) == most);
        }
    }
}

TEST_CASE("only the asked part and one point beyond on either side is handed out") {
    CurveSeries series;
    for (int i = 0; i < 100; ++i) {
        series.append(i * 10, i);
    }
    const auto points = series.thinned(205, 305, 1000, false, false);
    REQUIRE(points.x.size() == 12);
    CHECK(points.x.front() == 200);
    CHECK(points.x.back() == 310);
    CHECK(series.thinned(5000, 6000, 10, false, false).x.size() == 1);
    CHECK(CurveSeries().thinned(0, 10, 10, false, false).x.empty());
}

TEST_CASE("on a logarithmic scale values of zero and less are gaps") {
    CurveSeries series;
    series.append(0, 0);
    series.append(1, -1);
    series.append(2, 0.5);
    const auto points = series.thinned(0, 2, 100, false, true);
    CHECK(std::isnan(points.y[0]));
    CHECK(std::isnan(points.y[1]));
    CHECK(points.y[2] == 0.5);
    CHECK(series.percentile(0.5, 0, 2, true) == 0.5);
}

TEST_CASE("a run that goes back to its checkpoint loses what lay after it") {
    CurveSeries series;
    for (int i = 1; i <= 10; ++i) {
        series.append(i, i);
    }
    series.cutAfter(6);
    CHECK(series.lastStep() == 6);
    series.append(7, 70);
    CHECK(series.valueAt(7) == 70);
    CHECK(series.valueAt(100) == 70);
    series.cutAfter(100);
    CHECK(series.size() == 7);
}
