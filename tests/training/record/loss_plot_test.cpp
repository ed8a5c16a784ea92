#include "training/record/loss_plot.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "training/record/run_health.h"

using namespace understudy::training;

namespace {

// A line every ten steps.
std::vector<HistoryLine> lines(const std::vector<double>& losses) {
    std::vector<HistoryLine> history;
    for (const double loss : losses) {
        HistoryLine line;
        line.step = 10 * static_cast<int64_t>(history.size() + 1);
        line.loss = loss;
        history.push_back(line);
    }
    return history;
}

}  // namespace

TEST_CASE("a loss that falls goes from the top left to the bottom right") {
    const auto plot = plotLoss(lines({4, 3, 2, 1}), {.width = 9 + 10, .height = 4}, false);
    REQUIRE(plot.size() == 5);
    CHECK(plot[0] == " 4.0000 |*         ");
    CHECK(plot[1] == "        |   *      ");
    CHECK(plot[2] == "        |      *   ");
    CHECK(plot[3] == " 1.0000 |         *");
    CHECK(plot[4] == "         10 step 40");
}

TEST_CASE("in braille a cell holds eight dots, and far neighbours are joined") {
    const auto plot = plotLoss(lines({1, 0}), {.width = 9 + 8, .height = 2}, true);
    REQUIRE(plot.size() == 3);
    CHECK(plot[0].find("\u2801") == 9);                  // the first dot, at the top
    CHECK(plot[0].find("\u28B0") != std::string::npos);  // the fall, but its first dot
    CHECK(plot[1].find("\u28B8") != std::string::npos);
}

TEST_CASE("there is nothing to plot of one step, of losses that are no numbers, and in no room") {
    CHECK(plotLoss(lines({1}), {}, false).empty());
    CHECK(plotLoss(lines({NAN, INFINITY, NAN}), {}, false).empty());
    CHECK(plotLoss(lines({2, 1}), {.width = 12, .height = 8}, false).empty());
    CHECK(plotLoss(lines({2, NAN, 1}), {}, false).size() == 9);
    CHECK(plotLoss(lines({1, 1}), {}, false).size() == 9);
}

TEST_CASE("health is said in one sentence") {
    std::vector<double> falling, flat, rising;
    for (int i = 0; i < 40; ++i) {
        falling.push_back(4.0 - 0.05 * i);
        flat.push_back(1);
        rising.push_back(1 + 0.05 * i);
    }
    CHECK(healthOf(lines(falling)).find("Learning: loss fell") == 0);
    CHECK(healthOf(lines(flat)) == "Flat over the last 97 steps");
    CHECK(healthOf(lines(rising)).find("Loss rose") == 0);
    CHECK(healthOf(lines({3, 2, 1})).empty());
    flat.back() = NAN;
    CHECK(healthOf(lines(flat)).find("no longer a number") != std::string::npos);
    auto waiting = lines(falling);
    for (auto& line : waiting) {
        line.dataWait = 0.5;
    }
    CHECK(healthOf(waiting).find("waits 50 % of the time") != std::string::npos);
}
