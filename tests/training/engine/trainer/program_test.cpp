#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "media/base/file.h"
#include "media/base/philox.h"
#include "media/base/sha256.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using namespace understudy::training;
using tests::BackgroundProcess;
using tests::lastStep;
using tests::runProcess;
using tests::waitUntil;
namespace fs = std::filesystem;

namespace {

constexpr const char* kTrainer = "understudy-trainer";

Plan longPlan() {
    Plan plan = tests::tinyPlan();
    plan.steps = 1000000;
    plan.historyEvery = 1;
    plan.checkpointEvery = 10;
    return plan;
}

// The last line of stdout.
nlohmann::json lastMessage(const std::string& out) {
    const std::string text = out.substr(0, out.find_last_not_of('\n') + 1);
    return nlohmann::json::parse(text.substr(text.rfind('\n') + 1), nullptr, false);
}

}  // namespace

TEST_CASE("the program trains, speaks JSON lines and ends with 0") {
    const tests::TempFolder folder;
    Plan plan = tests::tinyPlan();
    plan.steps = 6;
    tests::writeRun(folder.path(), plan);
    const auto result = runProcess(kTrainer, {"--run", folder.path().string(), "--json-lines"});
    INFO(result.err);
    CHECK(result.exitCode == 0);
    const auto finished = lastMessage(result.out);
    CHECK(finished.at("message") == "JobFinished");
    CHECK(result.out.find("StepFinished") != std::string::npos);
    CHECK(result.out.find("PreviewWritten") != std::string::npos);
    CHECK(result.out.find("CheckpointWritten") != std::string::npos);
    // For a person: progress on stderr, the result on stdout.
    const auto person = runProcess(kTrainer, {"--run", folder.path().string(), "--steps", "8"});
    CHECK(person.exitCode == 0);
    CHECK(nlohmann::json::parse(person.out).at("step") == 8);
}

TEST_CASE("bad input ends with the designed exit codes and says what to do") {
    const tests::TempFolder folder;
    const fs::path run = folder / "run";
    Plan plan = tests::tinyPlan();
    plan.steps = 2;
    tests::writeRun(run, plan);
    const auto code = [&](const std::vector<std::string>& arguments) {
        const auto result = runProcess(kTrainer, arguments);
        INFO(result.err);
        CHECK(result.err.size() > 20);
        return result.exitCode;
    };
    const std::vector<std::string> train = {"--run", run.string()};
    CHECK(code({}) == 64);
    CHECK(code({"--run"}) == 64);
    CHECK(code({"--frobnicate"}) == 64);
    CHECK(code({"--bench", "--resolution", "65"}) == 64);
    CHECK(code({"--run", run.string(), "--minutes", "-1"}) == 64);
    CHECK(code({"--run", (folder / "none").string()}) == 66);
    SECTION("plan") {
        std::ofstream(run / "plan.json") << R"({"resolution": 7})";
        CHECK(code(train) == 64);
        std::ofstream(run / "plan.json") << R"({"resolution": )";
        const int torn = code(train);
        CHECK((torn == 64 || torn == 65));
        fs::remove(run / "plan.json");
        CHECK(code(train) == 66);
    }
    SECTION("packs") {
        fs::path pixels;
        for (const auto& entry : fs::directory_iterator(run / "faces")) {
            if (entry.path().extension() == ".pix") {
                pixels = entry.path();
            }
        }
        fs::resize_file(pixels, fs::file_size(pixels) / 2);
        CHECK(code(train) == 65);
        fs::remove(pixels);
        const int gone = code(train);
        CHECK((gone == 65 || gone == 66));
    }
    SECTION("all checkpoints damaged") {
        CHECK(code(train) == 0);
        const fs::path model = RunFolder{run}.checkpoint(2) / "model.safetensors";
        fs::resize_file(model, fs::file_size(model) - 1);
        CHECK(code({"--run", run.string(), "--steps", "4"}) == 65);
    }
}

TEST_CASE("SIGTERM and the end of stdin save and end with 85") {
    const tests::TempFolder folder;
    tests::writeRun(folder.path(), longPlan());
    const RunFolder run{folder.path()};
    int64_t reached = 0;
    for (const bool bySignal : {true, false}) {
        BackgroundProcess trainer(
            kTrainer, {"--run", folder.path().string(), "--json-lines", "--follow-stdin"}, {},
            (folder / "out").string());
        REQUIRE(waitUntil([&] { return lastStep(folder.path()) >= reached + 5; }));
        if (bySignal) {
            trainer.signal(SIGTERM);
        } else {
            trainer.closeInput();
        }
        CHECK(trainer.wait() == 85);
        const auto finished = lastMessage(*readFile(folder / "out"));
        CHECK(finished.at("message") == "JobFinished");
        CHECK(finished.at("exitCode") == 85);
        const auto saved = loadLatest(folder.path());
        REQUIRE(saved.ok());
        REQUIRE(saved->has_value());
        CHECK((*saved)->info.step >= reached + 5);
        CHECK((*saved)->info.step >= lastStep(folder.path()));
        reached = (*saved)->info.step;
    }
}

TEST_CASE("requests on stdin save and draw") {
    const tests::TempFolder folder;
    Plan plan = longPlan();
    plan.checkpointEvery = 1000000;
    plan.previewEvery = 1000000;
    tests::writeRun(folder.path(), plan);
    const RunFolder run{folder.path()};
    BackgroundProcess trainer(kTrainer,
                              {"--run", folder.path().string(), "--json-lines", "--follow-stdin"},
                              {}, (folder / "out").string());
    REQUIRE(waitUntil([&] { return lastStep(folder.path()) >= 2; }));
    trainer.write("{\"message\":\"WriteCheckpoint\"}\n{\"message\":\"WritePreview\"}\n");
    REQUIRE(waitUntil([&] { return !checkpointSteps(run).empty() && !previewSteps(run).empty(); }));
    trainer.write("{\"message\":\"StopJob\"}\n");
    CHECK(trainer.wait() == 85);
}

TEST_CASE("killed in the middle, the next start goes on from the last checkpoint") {
    const tests::TempFolder folder;
    tests::writeRun(folder.path(), longPlan());
    const RunFolder run{folder.path()};
    {
        BackgroundProcess trainer(kTrainer, {"--run", folder.path().string()});
        REQUIRE(waitUntil([&] { return lastStep(folder.path()) >= 23; }));
        trainer.signal(SIGKILL);
        CHECK(trainer.wait() == 128 + SIGKILL);
    }
    const auto saved = loadLatest(folder.path());
    REQUIRE(saved.ok());
    REQUIRE(saved->has_value());
    const int64_t from = (*saved)->info.step;
    CHECK(from >= 10);
    const auto result = runProcess(
        kTrainer, {"--run", folder.path().string(), "--steps", std::to_string(from + 3)});
    CHECK(result.exitCode == 0);
    CHECK(nlohmann::json::parse(result.out).at("step") == from + 3);
    // History has every step once, in order.
    uint64_t offset = 0;
    const auto lines = readHistory(run.history(), offset);
    REQUIRE(lines.ok());
    REQUIRE(lines->size() == static_cast<size_t>(from + 3));
    for (size_t i = 0; i < lines->size(); ++i) {
        CHECK((*lines)[i].step == static_cast<int64_t>(i + 1));
    }
}

TEST_CASE("killed at ten random moments, nothing earlier is lost", "[soak]") {
    const tests::TempFolder folder, whole;
    Plan plan = longPlan();
    plan.mode = "exact";
    plan.checkpointEvery = 5;
    plan.previewEvery = 7;
    plan.steps = 120;
    tests::writeRun(folder.path(), plan);
    tests::writeRun(whole.path(), plan);
    RandomSequence random({11, 0, 0, RandomStream::test});
    int64_t reached = 0;
    for (int kill = 0; kill < 10; ++kill) {
        BackgroundProcess trainer(kTrainer, {"--run", folder.path().string()});
        // Anywhere: while it loads, steps, saves or draws.
        std::this_thread::sleep_for(std::chrono::milliseconds(200 + random.below(4000)));
        trainer.signal(SIGKILL);
        trainer.wait();
        const auto saved = loadLatest(folder.path());
        REQUIRE(saved.ok());
        const int64_t step = saved->has_value() ? (*saved)->info.step : 0;
        CHECK(step >= reached);
        reached = step;
    }
    REQUIRE(runProcess(kTrainer, {"--run", folder.path().string()}).exitCode == 0);
    REQUIRE(runProcess(kTrainer, {"--run", whole.path().string()}).exitCode == 0);
    const auto hash = [](const fs::path& run) {
        return *sha256OfFile(RunFolder{run}.checkpoint(120) / "model.safetensors");
    };
    CHECK(hash(folder.path()) == hash(whole.path()));
    CHECK(lastStep(folder.path()) == 120);
}
