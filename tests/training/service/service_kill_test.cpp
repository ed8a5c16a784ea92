// The real service program, killed while a job runs: nothing is lost.
#include <signal.h>
#include <sys/stat.h>

#include <fstream>
#include <random>

#include "media/base/file.h"
#include "tests/training/service/service_watch.h"

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
