#include "training/record/loss_trend.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "media/base/philox.h"

using namespace understudy;
using namespace understudy::training;

namespace {

// Loss 2 * time^-power, a line a second, with a little scatter.
std::vector<HistoryLine> falling(double power, int lines, double scatter) {
    std::vector<HistoryLine> history;
    RandomSequence random({.seed = 7});
    for (int i = 1; i <= lines; ++i) {
        HistoryLine line;
        line.step = 10 * i;
        line.time = i;
        const double noise = static_cast<double>(random.below(2001)) / 1000 - 1;
        line.loss = 2 * std::pow(i, -power) * (1 + scatter * noise);
        history.push_back(line);
    }
    return history;
}

}  // namespace

TEST_CASE("the time to a loss follows the fall of the tail") {
    const auto history = falling(0.5, 400, 0.02);
    // 2 / sqrt(t) is 0.05 at t = 1600, which is 1200 after the last line.
    const auto time = timeToLoss(history, 0.05);
    REQUIRE(time.has_value());
    CHECK(time->seconds == Approx(1200).epsilon(0.1));
    CHECK(time->low <= time->seconds);
    CHECK(time->high >= time->seconds);
    CHECK(time->low > 800);
    CHECK(time->high < 1800);
    CHECK(timeToLoss(falling(0.5, 400, 0), 0.05)->seconds == Approx(1200).epsilon(1e-6));
}

TEST_CASE("a loss that is there takes no time, one that does not fall is never reached") {
    CHECK(timeToLoss(falling(0.5, 400, 0.02), 0.5)->seconds == 0);
    CHECK_FALSE(timeToLoss(falling(0, 400, 0.02), 0.05).has_value());
    CHECK_FALSE(timeToLoss(falling(-0.3, 400, 0.02), 0.05).has_value());
    CHECK_FALSE(timeToLoss(falling(0.5, 12, 0.02), 0.05).has_value());   // six lines in the tail
    CHECK_FALSE(timeToLoss(falling(0.01, 400, 0), 0.0001).has_value());  // beyond thirty years
    CHECK_FALSE(timeToLoss({}, 0.05).has_value());
    CHECK_FALSE(timeToLoss(falling(0.5, 400, 0.02), 0).has_value());
}

TEST_CASE("lines that are no number are passed over") {
    auto history = falling(0.5, 400, 0);
    history[300].loss = NAN;
    history[350].loss = -1;
    CHECK(timeToLoss(history, 0.05)->seconds == Approx(1200).epsilon(1e-6));
}
