// Several ranks through the real program: one process each.
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
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

std::string cpus(int ranks) {
    std::string list = "cpu";
    for (int i = 1; i < ranks; ++i) {
        list += ",cpu";
    }
    return list;
}

Plan planOf(int ranks, int64_t steps) {
    Plan plan = tests::tinyPlan();
    plan.mode = "exact";
    plan.precision = "fp32";
    plan.batch = 4;
    plan.threads = 1;
    plan.steps = steps;
    plan.historyEvery = 1;
    plan.previewEvery = 1000000;
    plan.checkpointEvery = 1000000;
    plan.devices = cpus(ranks);
    return plan;
}

std::map<int64_t, double> losses(const fs::path& folder) {
    uint64_t offset = 0;
    const auto lines = readHistory(folder / "history.jsonl", offset);
    std::map<int64_t, double> found;
    if (lines.ok()) {
        for (const HistoryLine& line : *lines) {
            found[line.step] = line.loss;
        }
    }
    return found;
}

std::string weights(const fs::path& folder, int64_t step) {
    const auto hash = sha256OfFile(RunFolder{folder}.checkpoint(step) / "model.safetensors");
    return hash.ok() ? *hash : hash.error().message;
}

// Processes whose parent is `parent`.
std::vector<pid_t> childrenOf(pid_t parent) {
    std::vector<pid_t> found;
    const auto text = readFile("/proc/" + std::to_string(parent) + "/task/" +
                               std::to_string(parent) + "/children");
    if (text.ok()) {
        std::istringstream in(*text);
        for (pid_t pid = 0; in >> pid;) {
            found.push_back(pid);
        }
    }
    return found;
}

bool isThere(pid_t pid) {
    return ::kill(pid, 0) == 0;
}

void mustTrain(const fs::path& folder) {
    const auto result = runProcess(kTrainer, {"--run", folder.string()});
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
}

// Saved and ended on the way to `steps`, then gone on with.
void mustTrainInTwo(const fs::path& folder, int64_t steps) {
    {
        BackgroundProcess trainer(kTrainer, {"--run", folder.string()});
        REQUIRE(waitUntil([&] { return lastStep(folder) >= 2; }));
        trainer.signal(SIGTERM);
        CHECK(trainer.wait() == 85);
        CHECK(lastStep(folder) < steps);
    }
    mustTrain(folder);
}

}  // namespace

TEST_CASE("any number of ranks trains the same at the same batch") {
    constexpr int64_t kSteps = 50;
    std::map<int, std::map<int64_t, double>> curves;
    for (const int ranks : {1, 2, 4}) {
        const tests::TempFolder folder;
        Plan plan = planOf(ranks, kSteps);
        // As people train: large first steps would make much of the last bit.
        plan.learningRate = 1e-4;
        plan.warmupSteps = 50;
        tests::writeRun(folder.path(), plan);
        mustTrain(folder.path());
        curves[ranks] = losses(folder.path());
        REQUIRE(curves[ranks].size() == kSteps);
        CHECK(fs::exists(folder / "trainer-1.log") == (ranks > 1));
    }
    for (const int ranks : {2, 4}) {
        const auto apart = [&](int64_t step) {
            return std::abs(curves[ranks][step] / curves[1][step] - 1);
        };
        INFO(ranks << " ranks: " << apart(1) << " at step 1, " << apart(kSteps) << " at the end");
        CHECK(apart(1) < 1e-5);
        CHECK(apart(kSteps) < 1e-3);
    }
    CHECK(curves[1][kSteps] < 0.95 * curves[1][1]);  // it is training that is compared
}

TEST_CASE("two exact runs of several ranks are the same to the bit, interrupted or not") {
    const tests::TempFolder whole, again, parts;
    tests::writeRun(whole.path(), planOf(2, 12));
    tests::writeRun(again.path(), planOf(2, 12));
    tests::writeRun(parts.path(), planOf(2, 12));
    mustTrain(whole.path());
    mustTrain(again.path());
    mustTrainInTwo(parts.path(), 12);
    CHECK(weights(whole.path(), 12) == weights(again.path(), 12));
    CHECK(weights(whole.path(), 12) == weights(parts.path(), 12));
    CHECK(losses(whole.path()) == losses(parts.path()));
}

TEST_CASE("discriminators of several ranks learn as those of one do") {
    const auto plan = [](int ranks) {
        Plan made = planOf(ranks, 6);
        made.gan.power = 0.1;
        made.gan.dims = 4;
        made.trueFace = 0.01;
        return made;
    };
    const tests::TempFolder one, two, again;
    tests::writeRun(one.path(), plan(1));
    tests::writeRun(two.path(), plan(2));
    tests::writeRun(again.path(), plan(2));
    for (const auto* folder : {&one, &two, &again}) {
        mustTrain(folder->path());
    }
    const auto apart = [&](int64_t step) {
        return std::abs(losses(two.path())[step] / losses(one.path())[step] - 1);
    };
    INFO(apart(1) << " at step 1, " << apart(6) << " at the end");
    CHECK(apart(1) < 1e-5);
    CHECK(apart(6) < 1e-3);
    CHECK(weights(two.path(), 6) == weights(again.path(), 6));
    CHECK(losses(two.path()) == losses(again.path()));
}

TEST_CASE("ranks train the same pair of several faces, and go on to the bit") {
    const auto planWith = [](int ranks) {
        Plan plan = planOf(ranks, 12);
        plan.others = std::string("c,d");
        return plan;
    };
    const tests::TempFolder one, whole, parts;
    tests::writeRunOf(one.path(), planWith(1), tests::drawnPerformers());
    tests::writeRunOf(whole.path(), planWith(2), tests::drawnPerformers());
    tests::writeRunOf(parts.path(), planWith(2), tests::drawnPerformers());
    mustTrain(one.path());
    mustTrain(whole.path());
    mustTrainInTwo(parts.path(), 12);
    CHECK(weights(whole.path(), 12) == weights(parts.path(), 12));
    auto alone = losses(one.path()), together = losses(whole.path());
    REQUIRE(alone.size() == 12);
    REQUIRE(together.size() == 12);
    CHECK(std::abs(together[1] / alone[1] - 1) < 1e-5);
    CHECK(std::abs(together[12] / alone[12] - 1) < 1e-3);
}

TEST_CASE("a stop on request saves for all ranks, and none is left behind") {
    const tests::TempFolder folder;
    tests::writeRun(folder.path(), planOf(3, 1000000));
    Plan plan = planOf(3, 1000000);
    plan.batch = 6;
    tests::writeRun(folder.path(), plan);
    BackgroundProcess trainer(kTrainer, {"--run", folder.path().string(), "--follow-stdin"});
    REQUIRE(waitUntil([&] { return lastStep(folder.path()) >= 3; }));
    const auto others = childrenOf(trainer.pid());
    CHECK(others.size() == 2);
    trainer.closeInput();
    CHECK(trainer.wait() == 85);
    for (const pid_t pid : others) {
        CHECK_FALSE(isThere(pid));
    }
    const auto saved = loadLatest(folder.path());
    REQUIRE(saved.ok());
    REQUIRE(saved->has_value());
    CHECK((*saved)->info.step >= lastStep(folder.path()));
}

TEST_CASE("when a rank is killed the others end at once, to be started again") {
    const tests::TempFolder folder;
    tests::writeRun(folder.path(), planOf(2, 1000000));
    for (const bool first : {false, true}) {
        BackgroundProcess trainer(kTrainer, {"--run", folder.path().string()}, {},
                                  (folder / "out").string());
        const int64_t from = lastStep(folder.path());
        REQUIRE(waitUntil([&] { return lastStep(folder.path()) >= std::max<int64_t>(from, 3); }));
        REQUIRE(waitUntil([&] { return childrenOf(trainer.pid()).size() == 1; }));
        const pid_t other = childrenOf(trainer.pid()).front();
        ::kill(first ? trainer.pid() : other, SIGKILL);
        CHECK(trainer.wait(60) == (first ? 128 + SIGKILL : 75));
        CHECK(waitUntil([&] { return !isThere(other); }));
        if (!first) {
            const std::string said = *readFile((folder / "out").string() + ".err");
            INFO(said);
            CHECK(said.find("rank 1 was ended by signal 9") != std::string::npos);
        }
    }
}

TEST_CASE("several ranks say what they give of the speed of one, once that is known") {
    const tests::TempFolder folder;
    const tests::Environment environment{{"XDG_CACHE_HOME", (folder / "cache").string()}};
    const auto trainAs = [&](const char* name, int ranks, int64_t steps) {
        Plan plan = planOf(ranks, steps);
        plan.batch = 2 * ranks;
        tests::writeRun(folder / name, plan);
        const auto result = runProcess(kTrainer, {"--run", (folder / name).string()}, environment);
        INFO(result.err);
        REQUIRE(result.exitCode == 0);
        return result;
    };
    const std::string unknown = "the efficiency of these devices is not known";
    const auto before = trainAs("before", 2, 6);
    CHECK(before.err.find(unknown) != std::string::npos);
    CHECK(before.err.find(unknown) == before.err.rfind(unknown));  // once
    const auto resultBefore = nlohmann::json::parse(before.out);
    CHECK_FALSE(resultBefore.contains("efficiency"));
    CHECK(resultBefore["communication"].get<double>() >= 0);

    trainAs("alone", 1, 70);
    const auto together = trainAs("together", 2, 6);
    CHECK(together.err.find(unknown) == std::string::npos);
    uint64_t offset = 0;
    const auto alone = readHistory(folder / "alone" / "history.jsonl", offset);
    REQUIRE(alone.ok());
    CHECK_FALSE(alone->back().communication.has_value());
    offset = 0;
    const auto lines = readHistory(folder / "together" / "history.jsonl", offset);
    REQUIRE(lines.ok());
    REQUIRE(lines->size() == 6);
    for (const HistoryLine& line : *lines) {
        REQUIRE(line.efficiency.has_value());
        REQUIRE(line.communication.has_value());
        CHECK(*line.efficiency ==
              Approx(line.iterationsPerSecond / alone->back().iterationsPerSecond));
        CHECK(*line.communication >= 0);
    }
    const auto result = nlohmann::json::parse(together.out);
    CHECK(result["efficiency"].get<double>() == Approx(*lines->back().efficiency));
    CHECK(result["communication"].get<double>() == Approx(*lines->back().communication));
}

TEST_CASE("what ranks cannot do is refused with the reason") {
    const tests::TempFolder folder;
    Plan plan = planOf(2, 4);
    const auto refused = [&](int code, const std::string& word) {
        tests::writeRun(folder.path(), plan);
        const auto result = runProcess(kTrainer, {"--run", folder.path().string()});
        INFO(result.err);
        CHECK(result.exitCode == code);
        CHECK(result.err.find(word) != std::string::npos);
    };
    plan.batch = 3;
    refused(64, "multiple of 2");
    plan.batch = 4;
    plan.accumulate = 4;
    refused(64, "accumulate=2");
    plan.accumulate = 1;
    plan.devices = "cpu,tpu";
    refused(64, "tpu");
    plan.devices = "cuda:76,cuda:77";
    refused(69, "GPU");
    CHECK(runProcess(kTrainer, {"--rank", "1", "--ranks", "2"}).exitCode == 64);
}

TEST_CASE("ranks are killed at random moments and nothing but steps is lost", "[soak]") {
    constexpr int kKills = 24;
    constexpr int64_t kSteps = 400;
    const tests::TempFolder whole, folder;
    Plan plan = planOf(2, kSteps);
    plan.checkpointEvery = 10;
    tests::writeRun(whole.path(), plan);
    tests::writeRun(folder.path(), plan);
    mustTrain(whole.path());
    RandomSequence random({.seed = 5, .stream = RandomStream::test});
    std::map<std::string, int> landed;
    int kills = 0;
    for (int round = 0; round < 10 * kKills && kills < kKills; ++round) {
        const auto latest = loadLatest(folder.path());
        REQUIRE(latest.ok());
        const int64_t saved = latest->has_value() ? (*latest)->info.step : 0;
        const int64_t before = lastStep(folder.path());  // until its history is cut back
        BackgroundProcess trainer(kTrainer, {"--run", folder.path().string()});
        // A third of the kills while it loads, the rest at some step and a moment within it.
        const bool early = random.below(3) == 0;
        const int64_t step = saved + 1 + static_cast<int64_t>(random.below(14));
        if (!early) {
            waitUntil([&] { return lastStep(folder.path()) >= step || !trainer.running(); });
        }
        std::this_thread::sleep_for(
            std::chrono::microseconds(random.below(early ? 800'000 : 60'000)));
        const auto others = childrenOf(trainer.pid());
        const bool other = !others.empty() && random.below(2) == 0;
        if (!trainer.running()) {
            break;
        }
        const int64_t at = lastStep(folder.path());
        ::kill(other ? others.front() : trainer.pid(), SIGKILL);
        const int code = trainer.wait();
        if (code == 0) {
            break;
        }
        CHECK(code == (other ? 75 : 128 + SIGKILL));
        ++kills;
        ++landed[std::string(other ? "rank 1 " : "rank 0 ") +
                 (at == before || at <= saved ? "loading" : "stepping or saving")];
        const auto after = loadLatest(folder.path());
        REQUIRE(after.ok());
        const int64_t kept = after->has_value() ? (*after)->info.step : 0;
        CHECK(kept >= saved);
        CHECK(kept + 2 * plan.checkpointEvery > at);  // a save in flight may be lost too
    }
    mustTrain(folder.path());
    for (const auto& [where, count] : landed) {
        std::printf("%s: %d kills\n", where.c_str(), count);
    }
    CHECK(kills >= 20);
    CHECK(landed.size() >= 3);
    CHECK(weights(folder.path(), kSteps) == weights(whole.path(), kSteps));
}
