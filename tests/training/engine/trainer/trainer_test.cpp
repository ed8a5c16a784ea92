#include "training/engine/trainer/trainer.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "media/base/sha256.h"
#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "tests/training/engine/trainer/trainer_run.h"
#include "training/engine/trainer/bench.h"
#include "training/plan/changes.h"
#include "training/plan/preview_faces.h"
#include "training/plan/rollbacks.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

std::string describeIfBad(const Status& status) {
    return status.ok() ? "" : describe(status.error());
}

}  // namespace

TEST_CASE("a small network learns two drawn faces and leaves a true run folder") {
    const tests::TempFolder folder;
    Plan plan = tests::tinyPlan();
    plan.steps = 60;
    plan.previewEvery = 40;
    plan.checkpointEvery = 25;
    plan.keepCheckpoints = 2;
    plan.loss.eyesMouth = 30;
    tests::writeRun(folder.path(), plan);
    const Outcome outcome = train(folder.path());
    INFO(describeIfBad(outcome.status));
    REQUIRE(outcome.status.ok());
    CHECK(outcome.result.step == 60);
    CHECK(outcome.result.run == folder.path().filename().string());
    CHECK(outcome.result.seconds > 0);

    const auto lines = historyOf(folder.path());
    REQUIRE(lines.size() == 12);
    for (size_t i = 0; i < lines.size(); ++i) {
        CHECK(lines[i].step == static_cast<int64_t>(5 * (i + 1)));
    }
    double sum = 0;
    for (const auto& [name, value] : lines[0].terms) {
        sum += value;
    }
    CHECK(sum == Approx(lines[0].loss).epsilon(1e-4));
    CHECK(lines[0].terms.count("source_eyes_mouth") == 1);
    CHECK(lines.back().loss < 0.6 * lines.front().loss);
    CHECK(lines.back().iterationsPerSecond > 0);
    CHECK(lines.back().time == Approx(outcome.result.seconds));
    // Measured with each preview: at 40 (the first look too) and at the end.
    REQUIRE(lines[7].validation);
    REQUIRE(lines.back().validation);
    CHECK(*lines.back().validation < *lines[7].validation);
    CHECK_FALSE(lines[0].validation);

    const RunFolder run{folder.path()};
    CHECK(previewSteps(run) == std::vector<int64_t>{40, 60});
    auto picture = run.preview(60);
    CHECK(readFile(picture)->substr(1, 3) == "PNG");
    const auto info = readPreviewInfo(picture.replace_extension(".json"));
    REQUIRE(info.ok());
    CHECK(info->cell == 128);
    CHECK(info->columns.size() == 6);
    CHECK(info->faces.size() == 6);
    CHECK(info->faces[0].starts_with("bird:"));

    CHECK(checkpointSteps(run) == std::vector<int64_t>{50, 60});
    CHECK(readFile(run.latest())->starts_with("step-00000060"));
    CHECK(outcome.result.checkpoint == run.checkpoint(60).string());
    CHECK(outcome.all<CheckpointWritten>().size() == 3);
    CHECK(outcome.all<PreviewWritten>().size() == 2);
    CHECK(outcome.all<StepFinished>().size() == 12);
    const auto progress = outcome.all<JobProgressed>();
    REQUIRE(progress.size() >= 2);
    CHECK(progress.back().done == 60);
    CHECK(progress.back().total == 60);
    CHECK(progress.back().unit == "steps");

    // Done is done: the same command again only looks.
    const Outcome again = train(folder.path());
    CHECK(again.status.ok());
    CHECK(again.result.step == 60);
    CHECK(historyOf(folder.path()).size() == 12);
    // More steps go on.
    TrainerOptions more;
    more.steps = 65;
    CHECK(train(folder.path(), more).result.step == 65);
    CHECK(historyOf(folder.path()).back().step == 65);
    const auto json = nlohmann::json::parse(resultJson(again.result));
    CHECK(json.at("cost").is_null());
    CHECK(json.at("step") == 60);
    CHECK(json.at("loss").get<double>() > 0);
}

namespace {

void stoppedEqualsWhole(int threads) {
    Plan plan = tests::tinyPlan();
    plan.mode = "exact";
    plan.steps = 24;
    plan.threads = threads;
    plan.precision = "auto";
    const tests::TempFolder whole, parts;
    tests::writeRun(whole.path(), plan);
    tests::writeRun(parts.path(), plan);
    REQUIRE(train(whole.path()).status.ok());
    const Outcome first = train(parts.path(), {}, stopAt(10));
    REQUIRE_FALSE(first.status.ok());
    CHECK(first.status.error().code == ErrorCode::saved);
    CHECK(first.result.step == 10);
    const Outcome second = train(parts.path());
    INFO(describeIfBad(second.status));
    REQUIRE(second.status.ok());
    const RunFolder a{whole.path()}, b{parts.path()};
    for (const char* file : {"model.safetensors", "ema.safetensors", "optimizer.safetensors"}) {
        CHECK(hashOf(a.checkpoint(24) / file) == hashOf(b.checkpoint(24) / file));
    }
    const auto one = historyOf(whole.path()), two = historyOf(parts.path());
    REQUIRE(one.size() == two.size());
    for (size_t i = 0; i < one.size(); ++i) {
        CHECK(one[i].loss == two[i].loss);
        CHECK(one[i].learningRate == two[i].learningRate);
    }
}

}  // namespace

TEST_CASE("exact: stopped and gone on equals never stopped, bit for bit") {
    stoppedEqualsWhole(1);
}

// Slow where the machine is busy, since threads wait for each other at every layer.
TEST_CASE("exact with two threads", "[soak]") {
    stoppedEqualsWhole(2);
}

TEST_CASE("training ends at a loss, or after its minutes") {
    const tests::TempFolder folder;
    Plan plan = tests::tinyPlan();
    plan.steps = 500;
    tests::writeRun(folder.path(), plan);
    TrainerOptions options;
    options.minutes = 0.02;
    const Outcome timed = train(folder.path(), options);
    REQUIRE(timed.status.ok());
    CHECK(timed.result.seconds >= 1.2);
    CHECK(timed.result.step >= 1);
    // The same command again has nothing left to do.
    CHECK(train(folder.path(), options).result.step == timed.result.step);
    // At the end of the time the learning rate is at its end, whatever the plan's steps.
    if (timed.result.step > plan.warmupSteps) {
        CHECK(historyOf(folder.path()).back().learningRate < 0.2 * plan.learningRate);
    }

    TrainerOptions untilLoss;
    untilLoss.untilLoss = timed.result.loss * 0.9;
    const Outcome good = train(folder.path(), untilLoss);
    REQUIRE(good.status.ok());
    CHECK(good.result.loss <= *untilLoss.untilLoss);
    CHECK(good.result.step < 500);
}

TEST_CASE("requests are answered between steps") {
    const tests::TempFolder folder;
    tests::writeRun(folder.path(), tests::tinyPlan());
    const Outcome outcome =
        train(folder.path(), {}, [](const Message& event, Trainer& trainer, std::stop_source&) {
            const auto* step = std::get_if<StepFinished>(&event);
            if (step && step->step == 5) {
                trainer.requestCheckpoint();
                trainer.requestPreview();
            }
        });
    REQUIRE(outcome.status.ok());
    // The preview is made at the next step, for its request comes while this one is recorded.
    CHECK(previewSteps(RunFolder{folder.path()}) == std::vector<int64_t>{6, 20});
    CHECK(checkpointSteps(RunFolder{folder.path()}) == std::vector<int64_t>{5, 20});
}

TEST_CASE("what was changed while a run trained is in force again from that step on") {
    const tests::TempFolder folder;
    Plan plan = tests::tinyPlan();
    plan.schedule = "constant";
    plan.warmupSteps = 0;
    tests::writeRun(folder.path(), plan);
    const std::vector<PlanChange> changes = {{10, "learningRate", "0.0002", "slower"}};
    REQUIRE(appendChanges(folder / "changes.jsonl", changes).ok());
    REQUIRE(train(folder.path()).status.ok());
    const auto lines = historyOf(folder.path());
    REQUIRE(lines.size() == 4);
    CHECK(lines[1].learningRate == Approx(1e-3));
    CHECK(lines[2].learningRate == Approx(2e-4));
}

TEST_CASE(
    "what is asked for while a run trains is in force from the next step, and when it is "
    "replayed") {
    const tests::TempFolder folder, replayed;
    Plan plan = tests::tinyPlan();
    plan.mode = std::string("exact");
    plan.schedule = "constant";
    tests::writeRun(folder.path(), plan);
    tests::writeRun(replayed.path(), plan);
    const Outcome live =
        train(folder.path(), {}, [](const Message& event, Trainer& trainer, auto&) {
            if (const auto* done = std::get_if<StepFinished>(&event); done && done->step == 10) {
                trainer.requestChanges({"learningRate=0.0002", "loss.mse=20"}, "slower");
                trainer.requestChanges({"resolution=128"}, "larger");
                trainer.requestChanges({"learningRate=-1"}, "a mistake");
            }
        });
    REQUIRE(live.status.ok());
    const auto said = live.all<SettingsChanged>();
    REQUIRE(said.size() == 3);
    CHECK_FALSE(said[0].error);
    CHECK(said[0].step == 10);
    CHECK(said[1].error->code == 64);
    CHECK(said[2].error->where == "learningRate");
    const auto changes = readChanges(folder / "changes.jsonl");
    REQUIRE(changes.ok());
    REQUIRE(changes->size() == 2);
    CHECK(changes->front().reason == "slower");

    std::filesystem::copy(folder / "changes.jsonl", replayed / "changes.jsonl");
    const Outcome again = train(replayed.path());
    REQUIRE(again.status.ok());
    CHECK(hashOf(std::filesystem::path(live.result.checkpoint) / "model.safetensors") ==
          hashOf(std::filesystem::path(again.result.checkpoint) / "model.safetensors"));
}

TEST_CASE("training that diverges is taken back three times, then given up") {
    const tests::TempFolder folder;
    Plan plan = tests::tinyPlan();
    plan.encoderDims = plan.decoderDims = 8;
    plan.clipGradient = 0;
    plan.schedule = "constant";
    plan.steps = 200;
    plan.checkpointEvery = 70;
    tests::writeRun(folder.path(), plan);
    const std::vector<PlanChange> changes = {{70, "learningRate", "1", "far too much"}};
    REQUIRE(appendChanges(folder / "changes.jsonl", changes).ok());
    const Outcome outcome = train(folder.path());
    REQUIRE_FALSE(outcome.status.ok());
    CHECK(outcome.status.error().code == ErrorCode::diverged);
    CHECK(outcome.status.error().remedy.find("learningRate") != std::string::npos);
    const auto warnings = outcome.all<WarningRaised>();
    REQUIRE(warnings.size() == 3);
    CHECK(warnings[0].text.find("from step 70 with half the learning rate") != std::string::npos);
    // What was good is still there, and history ends with it.
    CHECK(checkpointSteps(RunFolder{folder.path()}) == std::vector<int64_t>{70});
}

TEST_CASE("where a training went astray is written down, and nothing where it did not") {
    const tests::TempFolder folder, calm;
    Plan plan = tests::tinyPlan();
    tests::writeRun(calm.path(), plan);
    REQUIRE(train(calm.path()).status.ok());
    CHECK(readRollbacks(calm / "rollbacks.jsonl")->empty());
    plan.encoderDims = plan.decoderDims = 8;
    plan.clipGradient = 0;
    plan.schedule = "constant";
    plan.steps = 200;
    plan.checkpointEvery = 70;
    tests::writeRun(folder.path(), plan);
    const std::vector<PlanChange> changes = {{70, "learningRate", "1", "far too much"}};
    REQUIRE(appendChanges(folder / "changes.jsonl", changes).ok());
    REQUIRE_FALSE(train(folder.path()).status.ok());
    const auto rollbacks = readRollbacks(folder / "rollbacks.jsonl");
    REQUIRE(rollbacks.ok());
    REQUIRE(rollbacks->size() == 3);
    CHECK(rollbacks->front().step > 70);
    CHECK(rollbacks->front().to == 70);
    CHECK(rollbacks->front().learningRate == Approx(0.5));
    CHECK(rollbacks->back().learningRate == Approx(0.125));
    CHECK(rollbacks->front().reason.find("the loss") == 0);
}

TEST_CASE("previews show the faces that were chosen, from the next one on") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    Plan plan = tests::tinyPlan();
    plan.previewEvery = 10;
    tests::writeRun(folder.path(), plan);
    const std::string clip = tests::drawnDestination().clip;
    const std::vector<std::string> chosen = {clip + ":9", clip + ":3"};
    REQUIRE(writePreviewFaces(run.previewFaces(), {clip + ":5"}).ok());
    const Outcome outcome =
        train(folder.path(), {}, [&](const Message& event, Trainer& trainer, auto&) {
            const auto* done = std::get_if<StepFinished>(&event);
            if (done && done->step == 10) {
                auto faces = chosen;
                faces.push_back("nobody:7");
                CHECK(writePreviewFaces(run.previewFaces(), faces).ok());
                trainer.requestPreview();
            }
        });
    INFO(describeIfBad(outcome.status));
    REQUIRE(outcome.status.ok());
    const auto facesAt = [&](int64_t step) {
        auto file = run.preview(step);
        return readPreviewInfo(file.replace_extension(".json")).value().faces;
    };
    CHECK(previewSteps(run) == std::vector<int64_t>{10, 11, 20});
    CHECK(facesAt(10) == std::vector<std::string>{clip + ":5"});
    CHECK(facesAt(11) == chosen);
    CHECK(facesAt(20) == chosen);
    const auto warnings = outcome.all<WarningRaised>();
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].text == "previews cannot show nobody:7: it is no face of this run");
}

TEST_CASE("one face a side trains, without a measure of validation") {
    const tests::TempFolder folder;
    auto a = tests::drawnSource(), b = tests::drawnDestination();
    a.count = b.count = 1;
    Plan plan = tests::tinyPlan();
    plan.steps = 5;
    plan.batch = 4;
    tests::writeRun(folder.path(), plan, a, b);
    const Outcome outcome = train(folder.path());
    REQUIRE(outcome.status.ok());
    CHECK_FALSE(outcome.result.validation);
    CHECK(readPreviewInfo(folder / "previews/step-00000005.json")->faces.size() == 1);
}

TEST_CASE("a run begins at a base and says what of it did not fit") {
    const tests::TempFolder folder;
    Plan plan = tests::tinyPlan();
    plan.steps = 30;
    tests::writeRun(folder / "base", plan);
    REQUIRE(train(folder / "base").status.ok());
    plan.base = "base";
    plan.steps = 5;
    tests::writeRun(folder / "next", plan);
    const Outcome next = train(folder / "next");
    INFO(describeIfBad(next.status));
    REQUIRE(next.status.ok());
    CHECK(historyOf(folder / "next").front().loss < 0.8 * historyOf(folder / "base").front().loss);
    CHECK(next.all<WarningRaised>().empty());
    plan.maskDims = 12;
    tests::writeRun(folder / "other", plan);
    const Outcome other = train(folder / "other");
    REQUIRE(other.status.ok());
    CHECK(other.all<WarningRaised>().size() == 1);
}

TEST_CASE("runs that cannot train are refused") {
    const tests::TempFolder folder;
    Plan plan = tests::tinyPlan();
    SECTION("a batch that the devices cannot share") {
        plan.devices = "cpu,cpu,cpu";
        plan.batch = 4;
        tests::writeRun(folder.path(), plan);
        const Outcome outcome = train(folder.path());
        CHECK(outcome.status.error().code == ErrorCode::usage);
        CHECK(outcome.status.error().message.find("3 devices") != std::string::npos);
    }
    SECTION("a device that is not there") {
        plan.devices = "cuda:63";
        tests::writeRun(folder.path(), plan);
        CHECK(train(folder.path()).status.error().code == ErrorCode::deviceUnavailable);
    }
    SECTION("another encoding") {
        plan.encoding = "acescct";
        tests::writeRun(folder.path(), plan);
        CHECK(train(folder.path()).status.error().code == ErrorCode::usage);
    }
    SECTION("other faces than the checkpoint's") {
        plan.steps = 2;
        tests::writeRun(folder.path(), plan);
        REQUIRE(train(folder.path()).status.ok());
        auto selection = loadSelection(folder / "selection.json");
        REQUIRE(selection.ok());
        selection->identities[0].faces.pop_back();
        REQUIRE(saveSelection(*selection, folder / "selection.json").ok());
        const Outcome outcome = train(folder.path());
        REQUIRE_FALSE(outcome.status.ok());
        CHECK(outcome.status.error().code == ErrorCode::corruptData);
    }
    SECTION("while another process trains it") {
        tests::writeRun(folder.path(), plan);
        const auto lock = FileLock::acquire(folder / "lock");
        REQUIRE(lock.ok());
        CHECK(train(folder.path()).status.error().code == ErrorCode::transient);
    }
}

TEST_CASE("the benchmark measures the real step") {
    BenchOptions options;
    options.plan = tests::tinyPlan();
    options.steps = 3;
    options.warmup = 1;
    options.faces = 4;
    const auto text = benchTraining(options);
    REQUIRE(text.ok());
    const auto json = nlohmann::json::parse(*text);
    for (const char* key :
         {"it_per_s", "p10", "p90", "faces_per_s", "peak_bytes", "tflops", "mfu"}) {
        CHECK(json.at(key).get<double>() > 0);
    }
    CHECK(json.at("p10") <= json.at("it_per_s"));
    CHECK(json.at("it_per_s") <= json.at("p90"));
    for (const char* phase : {"data", "forward", "loss", "backward", "optimizer", "ema"}) {
        CHECK(json.at("phases_ms").at(phase).get<double>() > 0);
    }
    // 4 faces a side, 84 pixels wide with their margin, colours and mask.
    CHECK(json.at("faces").at("bytes") == 8 * 84 * 84 * 4);
    CHECK(json.at("faces").at("kept") == "host");
    CHECK(json.at("faces").at("budget_bytes").get<double>() > 1e6);
}
