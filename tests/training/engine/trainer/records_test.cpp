// What a training leaves beside its history and checkpoints.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "tests/training/engine/trainer/trainer_run.h"
#include "training/engine/trainer/run_records.h"
#include "training/plan/run_folder.h"
#include "training/record/checkpoint_folder.h"
#include "training/record/environment.h"
#include "training/record/loss_trend.h"
#include "training/record/run_comparison.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

size_t eventFiles(const fs::path& folder) {
    size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        count += entry.path().filename().string().starts_with("events.out.tfevents.") ? 1 : 0;
    }
    return count;
}

std::string nameIn(const fs::path& pointer) {
    const auto text = readFile(pointer);
    return text.ok() ? text->substr(0, text->find('\n')) : "";
}

}  // namespace

TEST_CASE("a run says on what it trained, what it cost and how long saves took") {
    const TempFolder folder;
    Plan plan = tinyPlan();
    plan.steps = 20;
    plan.checkpointEvery = 10;
    plan.keepCheckpoints = 1;
    plan.previewEvery = 10;
    plan.threads = 1;
    writeRun(folder.path(), plan);
    TrainerOptions options;
    options.pricePerHour = 36;
    const Outcome outcome = train(folder.path(), options);
    REQUIRE(outcome.status.ok());

    const RunFolder run{folder.path()};
    const auto starts = readStarts(run.environment());
    REQUIRE(starts.ok());
    REQUIRE(starts->size() == 1);
    const Environment& start = starts->front();
    CHECK(start.step == 0);
    CHECK(start.devices == std::vector<std::string>{"cpu"});
    CHECK(start.threads == 1);
    CHECK(start.precision == "fp32");
    CHECK(start.mode == "fast");
    CHECK(start.seed == plan.seed);
    CHECK(start.sourceFaces.size() == 64);
    CHECK(start.versions.at("torch").starts_with("2."));

    const RunCost& cost = outcome.result.cost;
    CHECK(cost.gpuHours == Approx(outcome.result.seconds / 3600));
    REQUIRE(cost.cost.has_value());
    CHECK(*cost.cost == Approx(outcome.result.seconds / 100));
    CHECK_FALSE(cost.energyKwh.has_value());
    const auto json = nlohmann::json::parse(resultJson(outcome.result));
    CHECK(json.at("cost").get<double>() == Approx(*cost.cost));
    CHECK(json.at("gpu_hours").get<double>() > 0);
    CHECK(json.at("energy_kwh").is_null());
    const auto progress = outcome.all<JobProgressed>();
    REQUIRE(progress.back().cost.has_value());
    CHECK(*progress.back().cost > 0);

    // The save after step 10 is in the line after it.
    const auto lines = historyOf(folder.path());
    REQUIRE(lines.size() == 4);
    CHECK_FALSE(lines[1].saveStall.has_value());
    REQUIRE(lines[2].saveStall.has_value());
    CHECK(*lines[2].saveStall >= 0);
    CHECK(*lines[2].saveCopy > 0);
    CHECK_FALSE(lines[3].saveStall.has_value());
    const auto saves = outcome.all<CheckpointWritten>();
    REQUIRE(saves.size() == 2);
    CHECK(saves[0].copy > 0);
    CHECK(saves[0].stall >= saves[0].copy);
    CHECK(eventFiles(folder.path()) == 1);
}

TEST_CASE("one device of a run is measured for runs of several") {
    const TempFolder folder;
    TrainerOptions options;
    options.calibrations = folder / "calibrations";
    Plan plan = tinyPlan();
    plan.steps = 20;
    writeRun(folder / "short", plan);
    REQUIRE(train(folder / "short", options).status.ok());
    CHECK_FALSE(fs::exists(options.calibrations));  // too few steps for a measure
    plan.steps = 70;
    writeRun(folder / "whole", plan);
    const Outcome outcome = train(folder / "whole", options);
    REQUIRE(outcome.status.ok());
    const HistoryLine last = historyOf(folder / "whole").back();
    CHECK_FALSE(last.efficiency.has_value());
    CHECK_FALSE(last.communication.has_value());
    const std::string model = deviceModel(describeMachine(), "cpu");
    const auto rate =
        Calibrations(options.calibrations).rate(calibrationKey(plan, 1, "fp32", model, 1));
    REQUIRE(rate.has_value());
    CHECK(*rate == Approx(last.iterationsPerSecond));
}

TEST_CASE("the checkpoint of the best validation stays") {
    const TempFolder folder;
    Plan plan = tinyPlan();
    plan.steps = 30;
    plan.checkpointEvery = 5;
    plan.keepCheckpoints = 1;
    plan.keepEvery = 15;
    plan.previewEvery = 5;
    plan.learningRate = 2e-3;
    writeRun(folder.path(), plan);
    REQUIRE(train(folder.path()).status.ok());
    const RunFolder run{folder.path()};
    int64_t best = 0;
    double lowest = HUGE_VAL;
    for (const HistoryLine& line : historyOf(folder.path())) {
        if (line.validation && *line.validation < lowest) {
            lowest = *line.validation;
            best = line.step;
        }
    }
    REQUIRE(best > 0);
    CHECK(nameIn(run.best()) == stepName(best));
    CHECK(nameIn(run.latest()) == stepName(30));
    std::vector<int64_t> kept = {15, 30, best};
    std::sort(kept.begin(), kept.end());
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    CHECK(checkpointSteps(run) == kept);
    const auto info = loadInfo(run.checkpoint(best));
    REQUIRE(info.ok());
    CHECK(info->ownValidation() == lowest);
}

TEST_CASE("a run that is repeated from its start is equal to the bit, as far as it goes") {
    const TempFolder first, second;
    Plan plan = tinyPlan();
    plan.mode = "exact";
    plan.steps = 40;
    plan.checkpointEvery = 10;
    plan.keepCheckpoints = 9;
    writeRun(first.path(), plan);
    writeRun(second.path(), plan);
    // Stopped and gone on in between: its lines after that are of fewer steps.
    CHECK(train(first.path(), {}, stopAt(15)).status.error().code == ErrorCode::saved);
    REQUIRE(train(first.path()).status.ok());
    CHECK(readStarts(first.path() / "environment.json")->size() == 2);
    CHECK(eventFiles(first.path()) == 2);
    // The schedule stays that of forty steps.
    TrainerOptions options;
    options.stopAfter = 30;
    const Outcome again = train(second.path(), options);
    REQUIRE(again.status.ok());
    CHECK(again.result.step == 30);
    CHECK(again.all<JobProgressed>().back().total == 30);
    const auto compared = compareRuns({first.path()}, {second.path()}, 30);
    REQUIRE(compared.ok());
    CHECK(compared->verdict == Verdict::equal);
    CHECK(compared->weightsStep == 30);
    CHECK(compared->lines >= 4);
}

TEST_CASE("a training to a loss says how long that will take") {
    const TempFolder folder;
    const RunFolder run{folder.path()};
    std::vector<HistoryLine> lines;
    for (int i = 1; i <= 100; ++i) {
        HistoryLine line;
        line.step = i;
        line.time = i;
        line.loss = 4 / std::sqrt(static_cast<double>(i));
        lines.push_back(line);
    }
    // Half of it was written before the trainer started.
    for (size_t i = 0; i < 50; ++i) {
        std::ofstream(run.history(), std::ios::app) << historyToJson(lines[i]) << "\n";
    }
    RunRecords::Start start;
    start.run = run;
    start.environment = describeMachine();
    start.environment.devices = {"cpu"};
    start.environment.step = 50;
    start.untilLoss = 0.2;
    RunRecords records(start, [](const std::string& text) { FAIL(text); });
    for (size_t i = 50; i < 100; ++i) {
        records.addLine(lines[i]);
    }
    JobProgressed event;
    records.fill(event, 100);
    const auto expected = timeToLoss(lines, 0.2);
    REQUIRE(expected.has_value());
    CHECK(expected->seconds == Approx(300));  // 4 / sqrt(400) is 0.2
    REQUIRE(event.secondsToLossLow.has_value());
    CHECK(*event.secondsToLossLow == expected->low);
    CHECK(*event.secondsToLossHigh == expected->high);
    start.untilLoss.reset();
    const RunRecords other(start, [](const std::string&) {});
    JobProgressed without;
    other.fill(without, 100);
    CHECK_FALSE(without.secondsToLossLow.has_value());
}

TEST_CASE("changed faces are found before anything is repeated") {
    const TempFolder folder;
    writeRun(folder.path(), tinyPlan());
    const RunFolder run{folder.path()};
    CHECK(checkSelectedFaces(run).ok());
    Selection selection = loadSelection(run.selection()).value();
    const fs::path pack = packPath(selection, 1, folder.path());
    selection.identities[1].faces[3].hash.back() ^= 1;
    REQUIRE(saveSelection(selection, run.selection()).ok());
    const Status changed = checkSelectedFaces(run);
    REQUIRE_FALSE(changed.ok());
    CHECK(changed.error().code == ErrorCode::usage);
    CHECK(changed.error().message.find("have changed") != std::string::npos);
    fs::remove(pack);
    CHECK(checkSelectedFaces(run).error().message.find("gone") != std::string::npos);
}
