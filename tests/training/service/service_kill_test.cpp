// The real service program, killed while a job runs: nothing is lost.
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <random>

#include "media/base/file.h"
#include "tests/training/service/service_watch.h"
#include "training/service/process_mark.h"

using namespace understudy;
using namespace understudy::training;
using tests::BackgroundProcess;
using tests::pumpUntil;
using tests::ServiceWatch;
using tests::Workplace;

namespace {

std::vector<pid_t> startedProcesses(const Workplace& workplace, const std::string& run) {
    std::ifstream file(workplace.folder() / (run + ".starts"));
    std::vector<pid_t> pids;
    for (pid_t pid = 0; file >> pid;) {
        pids.push_back(pid);
    }
    return pids;
}

std::vector<pid_t> childrenOf(pid_t parent) {
    const std::string number = std::to_string(parent);
    std::ifstream file("/proc/" + number + "/task/" + number + "/children");
    std::vector<pid_t> pids;
    for (pid_t pid = 0; file >> pid;) {
        pids.push_back(pid);
    }
    return pids;
}

}  // namespace

TEST_CASE("a service killed with -9 is followed by one that goes on") {
    const Workplace workplace;
    auto service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    ServiceWatch watch;
    watch.connectNow();
    const auto job = watch.start(workplace.training("r01", "wait"));
    const auto search = watch.start(workplace.extraction("bird", "wait"));
    const auto waiting = watch.start(workplace.training("r02", "finish"));
    REQUIRE(watch.reaches(job, "running"));
    REQUIRE(watch.reaches(search, "running"));
    watch.listed = false;
    service->signal(SIGKILL);
    CHECK(service->wait(10) == 128 + SIGKILL);

    // The jobs notice, save and end by themselves.
    REQUIRE(pumpUntil([&] { return std::filesystem::exists(workplace.run("r01") / "saves"); }));
    service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    REQUIRE(pumpUntil([&] { return workplace.starts("r01") == 2; }));
    REQUIRE(pumpUntil([&] { return workplace.starts("bird") == 2; }));
    REQUIRE(watch.reaches(job, "running"));
    REQUIRE(watch.reaches(search, "running"));
    CHECK(watch.jobs[waiting].state == "queued");
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(job, answer); }) == 0);
    CHECK(watch.reaches(waiting, "finished"));

    // SIGTERM: what runs saves, then it ends.
    service->signal(SIGTERM);
    CHECK(service->wait(30) == 0);
    CHECK(::kill(startedProcesses(workplace, "bird").back(), 0) != 0);
}

TEST_CASE("what jobs write has the rights that the user wants, not the service's") {
    const Workplace workplace;
    const mode_t before = ::umask(0022);
    BackgroundProcess service("understudyd", {});
    ::umask(before);
    ServiceWatch watch;
    watch.connectNow();
    const auto job = watch.start(workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "cancelled"));
    const auto rights = [](const std::filesystem::path& path) {
        return std::filesystem::status(path).permissions();
    };
    using std::filesystem::perms;
    CHECK(rights(workplace.run("r01") / "saves") ==
          (perms::owner_read | perms::owner_write | perms::group_read | perms::others_read));
    CHECK(rights(workplace.folder() / "state/understudy/queue.db") ==
          (perms::owner_read | perms::owner_write));
}

TEST_CASE("a job that outlives its service is waited for, never doubled") {
    const Workplace workplace;
    auto service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    ServiceWatch watch;
    watch.connectNow();
    const auto job = watch.start(workplace.training("r01", "deaf"));
    REQUIRE(watch.reaches(job, "starting"));  // told when it is kept
    REQUIRE(pumpUntil([&] { return workplace.starts("r01") == 1; }));
    const pid_t first = startedProcesses(workplace, "r01").front();
    watch.listed = false;
    service->signal(SIGKILL);
    CHECK(service->wait(10) == 128 + SIGKILL);
    service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    CHECK(watch.jobs[job].state == "stopping");
    CHECK(::kill(first, 0) == 0);
    CHECK(workplace.starts("r01") == 1);
    // What is wished meanwhile holds.
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 0);
    ::kill(first, SIGKILL);
    REQUIRE(watch.reaches(job, "paused"));
    CHECK(workplace.starts("r01") == 1);
}

namespace {

// A search that waits for its clip, which somebody else has, while nobody can write to the queue.
struct StartThatCannotBeNoted {
    StartThatCannotBeNoted(const Workplace& workplace, ServiceWatch& watch) {
        const auto facesets = workplace.project() / "facesets";
        std::filesystem::create_directories(facesets);
        clip = std::make_unique<Result<FileLock>>(FileLock::acquire(facesets / "bird.lock"));
        REQUIRE(clip->ok());
        job = watch.start(workplace.extraction("bird", "finish"));
        REQUIRE(pumpUntil([&] { return watch.jobs[job].text.find("Waiting") == 0; }));
        const auto path = workplace.folder() / "state/understudy/queue.db";
        REQUIRE(sqlite3_open(path.c_str(), &queue) == SQLITE_OK);
        REQUIRE(sqlite3_exec(queue, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
    }
    void allow() { sqlite3_close(queue); }

    std::unique_ptr<Result<FileLock>> clip;
    std::string job;
    sqlite3* queue = nullptr;
};

}  // namespace

TEST_CASE("a service killed before it noted whom it started has started nobody") {
    const Workplace workplace;
    auto service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    ServiceWatch watch;
    watch.connectNow();
    // It waits for its clip, so that nothing but its start is written to the queue.
    StartThatCannotBeNoted start(workplace, watch);
    watch.listed = false;
    start.clip.reset();
    // It has made the process and cannot write down which: the moment that is looked for.
    std::vector<pid_t> children;
    REQUIRE(pumpUntil([&] {
        children = childrenOf(service->pid());
        return !children.empty();
    }));
    service->signal(SIGKILL);
    CHECK(service->wait(10) == 128 + SIGKILL);
    REQUIRE(pumpUntil([&] { return !isAlive(markOf(children.front())); }));
    CHECK(workplace.starts("bird") == 0);
    start.allow();
    service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    REQUIRE(watch.reaches(start.job, "finished"));
    CHECK(workplace.starts("bird") == 1);
}

TEST_CASE("a start that cannot be noted is none: the job waits until the queue can be written") {
    const Workplace workplace;
    BackgroundProcess service("understudyd", {});
    ServiceWatch watch;
    watch.connectNow();
    StartThatCannotBeNoted start(workplace, watch);
    start.clip.reset();
    REQUIRE(watch.reaches(start.job, "paused"));
    CHECK(watch.jobs[start.job].error->code == 73);
    CHECK(workplace.starts("bird") == 0);
    start.allow();
    CHECK(watch.ask([&](auto answer) { watch.client.resumeJob(start.job, answer); }) == 0);
    REQUIRE(watch.reaches(start.job, "finished"));
    CHECK(workplace.starts("bird") == 1);
}

TEST_CASE("a service killed at twenty random moments loses no job and doubles none", "[soak]") {
    const Workplace workplace;
    std::mt19937 random(5);
    auto service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    ServiceWatch watch;
    watch.connectNow();
    std::vector<std::string> jobs;
    for (int i = 0; i < 20; ++i) {
        std::string run = "r";
        run += std::to_string(i);
        jobs.push_back(watch.start(workplace.training(run, i % 4 == 3 ? "transient:1" : "finish")));
        pumpUntil([] { return false; }, std::uniform_real_distribution<>(0, 0.2)(random));
        watch.listed = false;
        service->signal(SIGKILL);
        service->wait(10);
        service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
        REQUIRE(pumpUntil([&] { return watch.listed; }));
    }
    for (const auto& job : jobs) {
        INFO(job);
        CHECK(watch.reaches(job, "finished", 60));
    }
}
