#include "training/record/run_comparison.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"
#include "tests/training/record/made_checkpoint.h"
#include "training/record/environment.h"

using namespace understudy;
using namespace understudy::training;
using tests::writeCheckpoint;

namespace {

// Lines of these steps whose losses are `factor` times 1 / step.
void writeHistory(const RunFolder& run, const std::vector<int64_t>& steps, double factor = 1) {
    std::ofstream file(run.history());
    for (const int64_t step : steps) {
        HistoryLine line;
        line.step = step;
        line.loss = factor / static_cast<double>(step);
        line.terms = {{"source_mse", line.loss / 2}, {"destination_mse", line.loss / 2}};
        file << historyToJson(line) << "\n";
    }
}

void writeStart(const RunFolder& run, int64_t step) {
    Environment environment = describeMachine();
    environment.step = step;
    REQUIRE(recordStart(run.environment(), environment).ok());
}

struct TwoRuns {
    tests::TempFolder first, second;
    RunFolder before{first.path()}, again{second.path()};
};

}  // namespace

TEST_CASE("the same losses are equal, others within rounding or different") {
    const TwoRuns runs;
    writeHistory(runs.before, {10, 20, 30, 40, 50});
    writeHistory(runs.again, {10, 20, 30});
    auto result = compareRuns(runs.before, runs.again, 30);
    REQUIRE(result.ok());
    CHECK(result->verdict == Verdict::equal);
    CHECK(result->lines == 3);
    CHECK_FALSE(result->first.has_value());
    CHECK_FALSE(result->weightsEqual.has_value());

    writeHistory(runs.again, {10, 20, 30}, 1 + 1e-5);
    result = compareRuns(runs.before, runs.again, 30);
    CHECK(result->verdict == Verdict::rounding);
    CHECK(result->mostRelative == Approx(1e-5).epsilon(0.01));
    REQUIRE(result->first.has_value());
    CHECK(result->first->step == 10);

    writeHistory(runs.again, {10, 20, 30}, 1.1);
    result = compareRuns(runs.before, runs.again, 20);
    CHECK(result->verdict == Verdict::different);
    CHECK(result->lines == 2);
    CHECK(result->first->step == 10);
    CHECK(result->first->again == Approx(0.11));
}

TEST_CASE("lines that cover other steps are not compared") {
    const TwoRuns runs;
    writeHistory(runs.before, {10, 13, 20, 30});  // 13: saved on request
    writeHistory(runs.again, {10, 20, 30});
    CHECK(compareRuns(runs.before, runs.again, 30)->lines == 2);
    // Stopped at 15 and gone on: the line of 20 is the mean of five steps only.
    writeHistory(runs.before, {10, 20, 30});
    writeStart(runs.before, 0);
    writeStart(runs.before, 15);
    CHECK(compareRuns(runs.before, runs.again, 30)->lines == 2);
    writeHistory(runs.again, {});
    CHECK(compareRuns(runs.before, runs.again, 30)->verdict == Verdict::nothing);
}

TEST_CASE("weights of a step that both have are compared by their checksums") {
    const TwoRuns runs;
    writeHistory(runs.before, {10});
    writeHistory(runs.again, {10});
    writeCheckpoint(runs.before.checkpoint(10), 10, {{"w", {1, 2}, {}}}, NAN);
    writeCheckpoint(runs.before.checkpoint(20), 20, {{"w", {5, 5}, {}}}, NAN);
    writeCheckpoint(runs.again.checkpoint(10), 10, {{"w", {1, 2}, {}}}, 0.5);
    auto result = compareRuns(runs.before, runs.again, 10);
    REQUIRE(result.ok());
    CHECK(result->weightsStep == 10);
    CHECK(result->weightsEqual == true);
    CHECK(result->verdict == Verdict::equal);
    std::filesystem::remove_all(runs.again.checkpoint(10));
    writeCheckpoint(runs.again.checkpoint(10), 10, {{"w", {1, 2.5}, {}}}, NAN);
    result = compareRuns(runs.before, runs.again, 10);
    CHECK(result->weightsEqual == false);
    CHECK(result->verdict == Verdict::rounding);  // the losses are the same
}
