#include "training/client/job_process.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/file.h"
#include "tests/training/client/workplace.h"
#include "training/client/local_job.h"
#include "training/client/rotated_log.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::Workplace;

namespace {

// A local job and all that it said.
struct Watched {
    LocalJob job;
    std::vector<JobInfo> changes;
    std::vector<StepFinished> steps;
    std::vector<std::string> warnings;
    std::optional<JobFinished> finished;
    std::optional<CheckpointWritten> checkpoint;

    Watched() {
        QObject::connect(&job, &LocalJob::jobChanged, &job,
                         [this](const JobInfo& info) { changes.push_back(info); });
        QObject::connect(&job, &LocalJob::stepFinished, &job,
                         [this](const StepFinished& step) { steps.push_back(step); });
        QObject::connect(&job, &LocalJob::warningRaised, &job,
                         [this](const WarningRaised& event) { warnings.push_back(event.text); });
        QObject::connect(&job, &LocalJob::checkpointWritten, &job,
                         [this](const CheckpointWritten& event) { checkpoint = event; });
        QObject::connect(&job, &LocalJob::jobFinished, &job,
                         [this](const JobFinished& event) { finished = event; });
    }
    bool end() {
        return pumpUntil([this] { return finished.has_value(); });
    }
};

}  // namespace

TEST_CASE("a local job says how far it is and what came of it") {
    const Workplace workplace;
    Watched watched;
    REQUIRE(watched.job.start(workplace.training("r01", "finish")).ok());
    REQUIRE(watched.end());
    CHECK(watched.finished->exitCode == 0);
    CHECK_FALSE(watched.finished->error);
    CHECK(watched.finished->result.find("\"step\":3") != std::string::npos);
    CHECK(watched.steps.size() == 3);
    CHECK(watched.steps[2].job == "local");
    CHECK(watched.warnings == std::vector<std::string>{"a word of warning"});
    CHECK(watched.changes.front().state == "running");
    CHECK(watched.changes.back().state == "finished");
    CHECK(watched.changes.back().done == 3);
}

TEST_CASE("what is no message in a job's output does no harm") {
    const Workplace workplace;
    Watched watched;
    REQUIRE(watched.job.start(workplace.extraction("clip", "noise")).ok());
    REQUIRE(watched.end());
    CHECK(watched.finished->exitCode == 0);
}

TEST_CASE("requests reach the job, and stopping saves") {
    const Workplace workplace;
    Watched watched;
    REQUIRE(watched.job.start(workplace.training("r01", "wait")).ok());
    watched.job.writeCheckpoint();
    REQUIRE(pumpUntil([&] { return watched.checkpoint.has_value(); }));
    watched.job.stop();
    REQUIRE(watched.end());
    CHECK(watched.finished->exitCode == 85);
    CHECK(watched.finished->error->code == 85);
    CHECK(watched.job.info().state == "cancelled");
    CHECK(std::filesystem::exists(workplace.run("r01") / "saves"));
}

TEST_CASE("every way to end has an error that says what to do") {
    const Workplace workplace;
    const auto end = [&](const std::string& behave) {
        Watched watched;
        REQUIRE(watched.job.start(workplace.extraction("clip", behave)).ok());
        REQUIRE(watched.end());
        return *watched.finished;
    };
    const auto crashed = end("crash");
    CHECK(crashed.exitCode == 128 + SIGKILL);
    CHECK(crashed.error->code == 75);
    CHECK(crashed.error->message.find("signal 9") != std::string::npos);
    CHECK_FALSE(crashed.error->remedy.empty());

    const auto silent = end("silent:66");
    CHECK(silent.exitCode == 66);
    CHECK(silent.error->message.find("last words") != std::string::npos);
    CHECK(std::filesystem::exists(silent.error->where));

    const auto said = end("error:65");
    CHECK(said.exitCode == 65);
    CHECK(said.error->message == "as asked");
}

TEST_CASE("a program that is missing and a kind that is unknown are errors at once") {
    const Workplace workplace;
    std::filesystem::remove(workplace.bin() / "understudy-trainer");
    LocalJob job;
    CHECK(job.start(workplace.training("r01", "finish")).error().code == ErrorCode::environment);
    auto unknown = workplace.training("r01", "finish");
    unknown.kind = "sing";
    CHECK(job.start(unknown).error().code == ErrorCode::usage);
    std::ofstream(workplace.bin() / "understudy-trainer") << "no program";
    std::filesystem::permissions(workplace.bin() / "understudy-trainer",
                                 std::filesystem::perms::owner_all);
    Watched watched;
    REQUIRE(watched.job.start(workplace.training("r01", "finish")).ok());
    REQUIRE(watched.end());
    CHECK(watched.finished->exitCode == 78);
}

TEST_CASE("a run that is gone is said, and its folder does not come back") {
    const Workplace workplace;
    const auto start = workplace.training("r01", "finish");
    std::filesystem::remove_all(workplace.run("r01"));
    LocalJob job;
    CHECK(job.start(start).error().code == ErrorCode::missingInput);
    CHECK_FALSE(std::filesystem::exists(workplace.run("r01")));
    std::filesystem::remove_all(workplace.project());
    CHECK(job.start(start).error().message.find("project") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(workplace.project()));
}

TEST_CASE("clips of one name in two projects have a log each") {
    StartJob one;
    one.kind = "extract";
    one.project = "/shows/a";
    one.clip = "bird";
    StartJob other = one;
    other.project = "/shows/b";
    CHECK(logOfJob(one) != logOfJob(other));
    CHECK(logOfJob(one) == logOfJob(StartJob(one)));
    CHECK(logOfJob(one).filename().string().starts_with("extract-bird."));
}

TEST_CASE("a job that does not hear is ended with its patience") {
    const Workplace workplace;
    JobProcess process(true);
    std::optional<JobEnd> end;
    QObject::connect(&process, &JobProcess::ended, &process, [&](JobEnd how) { end = how; });
    const auto start = workplace.training("r01", "deaf");
    REQUIRE(process.start(start, logOfJob(start)).ok());
    REQUIRE(pumpUntil([&] { return workplace.starts("r01") == 1; }));
    process.stop(0.3);
    REQUIRE(pumpUntil([&] { return end.has_value(); }, 10));
    CHECK(end->signal == SIGKILL);
    CHECK(stopPatience(0) == 30);
    CHECK(stopPatience(100) == 300);
}

TEST_CASE("logs are moved away when they are full, also while they are written") {
    const tests::TempFolder folder;
    const auto log = folder / "deep" / "job.log";
    const auto fill = [&](char c) {
        std::ofstream(log, std::ios::app) << std::string(kLogLimit + 1, c);
    };
    REQUIRE(prepareLog(log).ok());
    fill('a');
    std::ofstream writer(log, std::ios::app);
    trimLog(log);
    CHECK(std::filesystem::file_size(log) == 0);
    writer << "goes on" << std::flush;
    CHECK(*readFile(log) == "goes on");
    CHECK(std::filesystem::file_size(log.string() + ".1") == kLogLimit + 1);
    fill('b');
    REQUIRE(prepareLog(log).ok());
    CHECK_FALSE(std::filesystem::exists(log));
    CHECK(std::filesystem::exists(log.string() + ".2"));
}

TEST_CASE("a process that was prepared runs its program only when it is let") {
    const Workplace workplace;
    const auto start = workplace.training("r01", "finish");
    const auto log = workplace.folder() / "log";
    int64_t pid = 0;
    {
        JobProcess process(true);
        REQUIRE(process.prepare(start, log).ok());
        pid = process.pid();
        CHECK(process.running());
        CHECK(::kill(static_cast<pid_t>(pid), 0) == 0);
        // Not even what is asked of it begins it.
        process.send(StopJob());
        REQUIRE(pumpUntil([&] { return !process.running(); }));
    }
    CHECK(workplace.starts("r01") == 0);
    {
        JobProcess process(true);
        REQUIRE(process.prepare(start, log).ok());
        pid = process.pid();
    }
    CHECK(::kill(static_cast<pid_t>(pid), 0) != 0);
    CHECK(workplace.starts("r01") == 0);

    JobProcess process(true);
    std::optional<JobEnd> end;
    QObject::connect(&process, &JobProcess::ended, [&](JobEnd how) { end = how; });
    REQUIRE(process.prepare(start, log).ok());
    CHECK(workplace.starts("r01") == 0);
    process.letRun();
    REQUIRE(pumpUntil([&] { return end.has_value(); }));
    CHECK(end->exitCode == 0);
    CHECK(workplace.starts("r01") == 1);
}
