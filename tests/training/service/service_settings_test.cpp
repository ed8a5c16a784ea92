// Settings of a training that change after it began.
#include "media/base/file.h"
#include "tests/training/service/running_service.h"
#include "training/plan/changes.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::RunningService;

namespace {

void writePlan(const RunningService& running, const std::string& run) {
    Plan plan;
    plan.source = std::string("A");
    plan.destination = std::string("B");
    std::filesystem::create_directories(running.workplace.run(run));
    REQUIRE(savePlan(plan, RunFolder{running.workplace.run(run)}.plan()).ok());
}

// The error of a request to change, or an empty one.
Error change(RunningService& running, const std::string& job,
             const std::vector<std::string>& settings) {
    std::optional<Result<std::string>> answer;
    running.watch.client.changeSettings(job, settings, "a test",
                                        [&](auto how) { answer = std::move(how); });
    REQUIRE(pumpUntil([&] { return answer.has_value(); }));
    return answer->ok() ? Error{ErrorCode::usage, "", "", ""} : answer->error();
}

}  // namespace

TEST_CASE("settings of a training at work are handed to it once they are found to be allowed") {
    RunningService running;
    auto& watch = running.watch;
    writePlan(running, "r01");
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(change(running, job, {"learningRate=2e-5", "previewEvery=100"}).message.empty());
    REQUIRE(pumpUntil([&] { return watch.settings.size() == 1; }));
    CHECK(watch.settings[0].job == job);
    CHECK(watch.settings[0].settings ==
          std::vector<std::string>{"learningRate=2e-5", "previewEvery=100"});
    CHECK_FALSE(watch.settings[0].error);

    CHECK(change(running, job, {"resolution=64"}).message.find("after it began") !=
          std::string::npos);
    CHECK(change(running, job, {"devices=cpu"}).remedy.find("Pause") != std::string::npos);
    CHECK(change(running, job, {"learningRate=fast"}).where.find("learningRate") !=
          std::string::npos);
    CHECK(change(running, job, {"learningRat=1e-5"}).message.find("learningRat") !=
          std::string::npos);
    CHECK_FALSE(change(running, job, {"learningRate"}).message.empty());
    CHECK_FALSE(change(running, job, {}).message.empty());
    CHECK_FALSE(change(running, "job-99", {"learningRate=1e-5"}).message.empty());
    const auto search = watch.start(running.workplace.extraction("bird", "wait"));
    CHECK(change(running, search, {"learningRate=1e-5"}).message.find("no training") !=
          std::string::npos);
    CHECK(watch.settings.size() == 1);
}

TEST_CASE("settings of a training that rests go into changes.jsonl, its devices too") {
    RunningService running;
    auto& watch = running.watch;
    writePlan(running, "r01");
    auto start = running.workplace.training("r01", "wait");
    start.arguments.insert(start.arguments.end(), {"--steps", "100"});
    const auto job = watch.start(start);
    REQUIRE(watch.reaches(job, "running"));
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "paused"));
    CHECK(change(running, job, {"steps=500", "devices=cpu"}).message.empty());
    REQUIRE(pumpUntil([&] { return watch.settings.size() == 1; }));
    const RunFolder run{running.workplace.run("r01")};
    const auto changes = readChanges(run.changes());
    REQUIRE(changes.ok());
    REQUIRE(changes->size() == 2);
    CHECK(changes->front().reason == "a test");
    CHECK(currentPlan(run)->steps == 500);
    CHECK(currentPlan(run)->devices == "cpu");
    // What changes nothing is no change.
    CHECK(change(running, job, {"steps=500"}).message.empty());
    CHECK(readChanges(run.changes())->size() == 2);
    // While another process has the run, nobody else writes into it.
    const auto lock = FileLock::acquire(run.lock());
    REQUIRE(lock.ok());
    CHECK(change(running, job, {"steps=600"}).code == ErrorCode::transient);
}

TEST_CASE("a training that ends before it took its settings says so") {
    RunningService running;
    auto& watch = running.watch;
    writePlan(running, "r01");
    const auto job = watch.start(running.workplace.training("r01", "beat"));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(change(running, job, {"learningRate=2e-5"}).message.empty());
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "cancelled"));
    REQUIRE(pumpUntil([&] { return watch.settings.size() == 1; }));
    REQUIRE(watch.settings[0].error);
    CHECK(watch.settings[0].error->code == 75);
    CHECK(watch.settings[0].settings == std::vector<std::string>{"learningRate=2e-5"});
}
