#include "training/service/service.h"

#include <signal.h>

#include <QCoreApplication>
#include <QLocalSocket>
#include <algorithm>
#include <fstream>

#include "media/base/file.h"
#include "tests/training/service/running_service.h"
#include "training/client/socket_path.h"
#include "training/plan/changes.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"
#include "training/protocol/line_buffer.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::RunningService;
using tests::ServiceWatch;
using tests::Workplace;

namespace {

using States = std::vector<std::string>;

// Gives a run of the workplace a plan.
void plan(const Workplace& workplace, const std::string& run, const std::string& devices) {
    Plan plan;
    plan.source = std::string("A");
    plan.destination = std::string("B");
    plan.devices = devices;
    std::filesystem::create_directories(workplace.run(run));
    REQUIRE(savePlan(plan, RunFolder{workplace.run(run)}.plan()).ok());
}

}  // namespace

TEST_CASE("a job runs through its states, and every client hears it") {
    RunningService running;
    ServiceWatch other;
    other.connectNow();
    const auto job = running.watch.start(running.workplace.training("r01", "finish"));
    REQUIRE(running.watch.reaches(job, "finished"));
    CHECK(running.watch.states[job] == States{"queued", "starting", "running", "finished"});
    REQUIRE(pumpUntil([&] { return running.watch.finished.count(job) == 1; }));
    CHECK(running.watch.finished[job].exitCode == 0);
    CHECK(running.watch.finished[job].result.find("\"step\":3") != std::string::npos);
    CHECK(running.watch.jobs[job].done == 3);
    CHECK(running.watch.jobs[job].ended >= running.watch.jobs[job].started);
    CHECK(running.watch.steps.size() == 3);
    CHECK(running.watch.steps[0].job == job);
    CHECK(other.reaches(job, "finished"));
    CHECK(other.steps.size() == 3);
}

TEST_CASE("pause holds the place, resume goes on, stop ends") {
    RunningService running;
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "paused"));
    CHECK(watch.jobs[job].exitCode == 85);
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 64);
    CHECK(watch.ask([&](auto answer) { watch.client.writeCheckpoint(job, answer); }) == 64);

    CHECK(watch.ask([&](auto answer) { watch.client.resumeJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "running"));
    CHECK(running.workplace.starts("r01") == 2);
    CHECK(watch.ask([&](auto answer) { watch.client.writeCheckpoint(job, answer); }) == 0);
    CHECK(watch.ask([&](auto answer) { watch.client.writePreview(job, answer); }) == 0);
    REQUIRE(pumpUntil([&] { return watch.previews.size() == 1; }));
    CHECK(watch.checkpoints.at(0).job == job);

    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "cancelled"));
    REQUIRE(pumpUntil([&] { return watch.finished.count(job) == 1; }));
    CHECK(watch.finished[job].exitCode == 85);
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(job, answer); }) == 64);
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob("job-999", answer); }) == 64);
    // Also what was stopped can go on.
    CHECK(watch.ask([&](auto answer) { watch.client.resumeJob(job, answer); }) == 0);
    CHECK(watch.reaches(job, "running"));
}

TEST_CASE("trainings run one after the other, a search for faces beside them") {
    RunningService running;
    auto& watch = running.watch;
    const auto first = watch.start(running.workplace.training("r01", "wait"));
    const auto second = watch.start(running.workplace.training("r02", "finish"));
    const auto third = watch.start(running.workplace.training("r03", "finish"));
    const auto search = watch.start(running.workplace.extraction("bird", "finish"));
    REQUIRE(watch.reaches(search, "finished"));
    REQUIRE(watch.reaches(first, "running"));
    CHECK(watch.jobs[second].state == "queued");
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(third, answer); }) == 0);
    CHECK(watch.reaches(third, "cancelled"));
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(first, answer); }) == 0);
    REQUIRE(watch.reaches(second, "finished"));
    CHECK(running.workplace.starts("r03") == 0);
}

TEST_CASE("the devices of a training that waits are read when it comes and when it starts") {
    RunningService running;
    auto& watch = running.watch;
    plan(running.workplace, "r01", "cpu");
    plan(running.workplace, "r02", "cpu,cpu");
    plan(running.workplace, "r03", "cuda:1");
    const auto first = watch.start(running.workplace.training("r01", "wait"));
    const auto second = watch.start(running.workplace.training("r02", "wait"));
    REQUIRE(watch.reaches(first, "running"));
    // Not at each turn of the queue between.
    plan(running.workplace, "r02", "all");
    const auto third = watch.start(running.workplace.training("r03", "wait"));
    REQUIRE(watch.reaches(third, "running"));
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(first, answer); }) == 0);
    REQUIRE(watch.reaches(first, "cancelled"));
    CHECK(watch.jobs[second].state == "queued");  // it wants all now
    // Asked for again after a change, it is refused, but the change counts.
    const PlanChange change{0, "devices", "cuda:2", "resumed"};
    REQUIRE(appendChanges(RunFolder{running.workplace.run("r02")}.changes(), std::span(&change, 1))
                .ok());
    CHECK(watch.ask([&](auto answer) {
        watch.client.startJob(running.workplace.training("r02", "wait"), answer);
    }) == 64);
    CHECK(watch.reaches(second, "running"));
    CHECK(watch.jobs[third].state == "running");
}

TEST_CASE("crashes are retried while there is progress, and counted while there is none") {
    RunningService running;
    auto& watch = running.watch;
    const auto crashing = watch.start(running.workplace.training("r01", "crash"));
    REQUIRE(watch.reaches(crashing, "failed"));
    CHECK(running.workplace.starts("r01") == 4);
    CHECK(watch.jobs[crashing].error->message.find("signal 9") != std::string::npos);
    CHECK(watch.jobs[crashing].exitCode == 137);

    // Each start saves one step more than the one before: it is never given up.
    const auto saving = watch.start(running.workplace.training("r02", "crash-after-save"));
    REQUIRE(pumpUntil([&] { return running.workplace.starts("r02") > 6; }));
    CHECK_FALSE(isOver(watch.jobs[saving].state));
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(saving, answer); }) == 0);
    CHECK(watch.reaches(saving, "cancelled"));

    const auto transient = watch.start(running.workplace.training("r03", "transient:2"));
    REQUIRE(watch.reaches(transient, "finished"));
    CHECK(running.workplace.starts("r03") == 3);
}

TEST_CASE("requests that make no sense are refused with a reason") {
    RunningService running;
    auto& watch = running.watch;
    const auto startCode = [&](const StartJob& start) {
        return watch.ask([&](auto answer) { watch.client.startJob(start, answer); });
    };
    auto start = running.workplace.training("r01", "wait");
    start.kind = "sing";
    CHECK(startCode(start) == 64);
    start = running.workplace.training("r01", "wait");
    start.project = "relative";
    CHECK(startCode(start) == 66);
    start = running.workplace.training("r01", "wait");
    start.run = "../up";
    CHECK(startCode(start) == 64);
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    CHECK(startCode(running.workplace.training("r01", "wait")) == 64);
    REQUIRE(watch.reaches(job, "running"));
    // A paused one is replaced by a new one for the same run.
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "paused"));
    watch.start(running.workplace.training("r01", "finish"));
    CHECK(watch.reaches(job, "cancelled"));
}

TEST_CASE("a run in the hands of another process is waited for") {
    RunningService running;
    auto& watch = running.watch;
    const auto start = running.workplace.training("r01", "finish");
    auto lock = std::make_unique<Result<FileLock>>(
        FileLock::acquire(running.workplace.run("r01") / "lock"));
    REQUIRE(lock->ok());
    const auto job = watch.start(start);
    REQUIRE(pumpUntil([&] { return watch.jobs[job].text.find("Waiting") == 0; }));
    CHECK(watch.jobs[job].state == "queued");
    lock.reset();
    CHECK(watch.reaches(job, "finished"));
}

TEST_CASE("a clip in the hands of another process is waited for") {
    RunningService running;
    auto& watch = running.watch;
    const auto facesets = running.workplace.project() / "facesets";
    std::filesystem::create_directories(facesets);
    auto lock = std::make_unique<Result<FileLock>>(FileLock::acquire(facesets / "bird.lock"));
    REQUIRE(lock->ok());
    const auto job = watch.start(running.workplace.extraction("bird", "finish"));
    REQUIRE(pumpUntil([&] { return watch.jobs[job].text.find("Waiting") == 0; }));
    CHECK(watch.jobs[job].state == "queued");
    CHECK(running.workplace.starts("bird") == 0);
    lock.reset();
    CHECK(watch.reaches(job, "finished"));
}

TEST_CASE("a job's time begins with its first process, not with the wait for its turn") {
    RunningService running;
    auto& watch = running.watch;
    const auto first = watch.start(running.workplace.training("r01", "wait"));
    const auto second = watch.start(running.workplace.training("r02", "transient:1"));
    REQUIRE(watch.reaches(first, "running"));
    const double asked = watch.jobs[second].started;
    CHECK(asked > 0);
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(first, answer); }) == 0);
    REQUIRE(watch.reaches(second, "starting"));
    const double begun = watch.jobs[second].started;
    CHECK(begun >= watch.jobs[first].ended);
    REQUIRE(watch.reaches(second, "finished"));
    CHECK(running.workplace.starts("r02") == 2);
    CHECK(watch.jobs[second].started == begun);  // a retry is part of it
}

TEST_CASE("a project that was moved does not come back as an empty one") {
    RunningService running;
    auto& watch = running.watch;
    const auto first = watch.start(running.workplace.training("r01", "wait"));
    const auto second = watch.start(running.workplace.training("r02", "finish"));
    REQUIRE(watch.reaches(first, "running"));
    std::filesystem::rename(running.workplace.project(), running.workplace.folder() / "moved");
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(first, answer); }) == 0);
    REQUIRE(watch.reaches(second, "failed"));
    CHECK(watch.jobs[second].error->code == 66);
    CHECK(watch.jobs[second].error->message.find("project") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(running.workplace.project()));
}

TEST_CASE("long results fit into the messages: pages are cut, and one too long is left out") {
    RunningService running;
    auto& watch = running.watch;
    constexpr int kLong = 3 << 20;
    std::string last;
    for (int i = 0; i < 6; ++i) {  // more than one message holds
        last = watch.start(running.workplace.extraction("clip" + std::to_string(i),
                                                        "large:" + std::to_string(kLong)));
    }
    REQUIRE(watch.reaches(last, "finished"));
    CHECK(watch.jobs[last].result.size() == kLong);
    ServiceWatch other;
    other.connectNow();
    CHECK(other.jobs.size() == 6);
    CHECK(other.jobs[last].result.size() == kLong);

    std::vector<std::string> warnings;
    QObject::connect(&watch.client, &ServiceClient::warningRaised, &watch.client,
                     [&](const WarningRaised& event) { warnings.push_back(event.text); });
    const auto job = watch.start(running.workplace.extraction("clip", "large:6000000"));
    REQUIRE(watch.reaches(job, "finished"));
    REQUIRE(pumpUntil([&] { return watch.finished.count(job) == 1; }));
    CHECK(watch.jobs[job].result.empty());
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("6000000 bytes") != std::string::npos);
}

TEST_CASE("what ends a session ends job and service: the job goes on with the next service") {
    RunningService running;
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(job, "running"));
    const auto started = readFile(running.workplace.folder() / "r01.starts");
    REQUIRE(started.ok());
    // The job is faster than the service.
    ::kill(std::stoi(*started), SIGTERM);
    REQUIRE(watch.reaches(job, "paused"));
    running.end();
    watch.listed = false;
    running.begin();
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(running.workplace.starts("r01") == 2);
    // What somebody paused stays so.
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "paused"));
    running.end();
    watch.listed = false;
    running.begin();
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    CHECK(watch.jobs[job].state == "paused");
}

TEST_CASE("a service that ends lets its jobs save, and the next goes on with them") {
    RunningService running;
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    const auto waiting = watch.start(running.workplace.training("r02", "finish"));
    const auto paused = watch.start(running.workplace.training("r03", "finish"));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(paused, answer); }) == 0);
    running.end();
    CHECK(std::filesystem::exists(running.workplace.run("r01") / "saves"));
    CHECK(running.workplace.starts("r01") == 1);
    watch.listed = false;
    running.begin();
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    REQUIRE(pumpUntil([&] { return running.workplace.starts("r01") == 2; }));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(watch.jobs[waiting].state == "queued");
    CHECK(watch.jobs[paused].state == "paused");
}

TEST_CASE("only one service runs for a user") {
    RunningService running;
    Service second({});
    const auto started = second.start();
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().code == ErrorCode::transient);
}

TEST_CASE("an idle service that was started on demand ends; a job or a client keeps it") {
    const Workplace workplace;
    ServiceOptions options;
    options.onDemand = true;
    options.idleMinutes = 0.002;
    options.retrySeconds = 0.01;
    Service service(options);
    bool finished = false;
    QObject::connect(&service, &Service::finished, [&] { finished = true; });
    REQUIRE(service.start().ok());
    {
        ServiceWatch watch;
        watch.connectNow();
        const auto job = watch.start(workplace.training("r01", "transient:2"));
        CHECK_FALSE(pumpUntil([&] { return finished; }, 0.5));
        watch.client.disconnectFromService();
        CHECK(job == "job-1");
    }
    CHECK(pumpUntil([&] { return finished; }));
    CHECK(workplace.starts("r01") == 3);
}
