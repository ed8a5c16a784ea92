// What the service does with a job that ends, is ended, hangs, or finds no place to write: the
// reaction, and the words for it.
#include <signal.h>

#include <fstream>

#include "media/base/file.h"
#include "tests/support/small_disk.h"
#include "tests/training/service/running_service.h"
#include "training/client/job_process.h"
#include "training/protocol/job_state.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::RunningService;
using tests::ServiceWatch;
using tests::Workplace;

namespace {

ServiceOptions impatient(double seconds) {
    ServiceOptions options;
    options.stallSeconds = seconds;
    return options;
}

// Process numbers of the job's starts so far.
std::vector<pid_t> processesOf(const Workplace& workplace, const std::string& run) {
    std::ifstream file(workplace.folder() / (run + ".starts"));
    std::vector<pid_t> pids;
    for (pid_t pid = 0; file >> pid;) {
        pids.push_back(pid);
    }
    return pids;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string logOf(const Workplace& workplace, const std::string& run) {
    const auto text = readFile(workplace.run(run) / "trainer-0.log", 1 << 20);
    return text.ok() ? *text : "";
}

}  // namespace

TEST_CASE("each exit code has its reaction: what retrying does not mend is not retried") {
    struct Case {
        int code;
        const char* state;
        size_t starts;
    };
    RunningService running;
    auto& watch = running.watch;
    for (const Case& how : {Case{64, "failed", 1}, Case{65, "failed", 1}, Case{66, "failed", 1},
                            Case{69, "failed", 1}, Case{70, "failed", 1}, Case{73, "paused", 1},
                            Case{75, "failed", 4}, Case{78, "failed", 1}, Case{85, "paused", 1}}) {
        INFO("exit code " << how.code);
        const std::string run = "run" + std::to_string(how.code);
        const auto job =
            watch.start(running.workplace.training(run, "error:" + std::to_string(how.code)));
        REQUIRE(watch.reaches(job, how.state));
        CHECK(running.workplace.starts(run) == how.starts);
        CHECK(watch.jobs[job].exitCode == how.code);
        REQUIRE(watch.jobs[job].error);
        CHECK(watch.jobs[job].error->code == how.code);
        CHECK(watch.jobs[job].error->message == "as asked");
        CHECK(watch.jobs[job].error->remedy == "Ask otherwise");
    }
    // Without a word, and with a code that is none of ours: a crash of the program's own.
    const auto job = watch.start(running.workplace.training("strange", "silent:3"));
    REQUIRE(watch.reaches(job, "failed"));
    CHECK(running.workplace.starts("strange") == 1);
    CHECK(has(watch.jobs[job].error->message, "ended with code 3: last words"));
    std::filesystem::remove(running.workplace.bin() / "understudy-trainer");
    const auto missing = watch.start(running.workplace.training("missing", "finish"));
    REQUIRE(watch.reaches(missing, "failed"));
    CHECK(watch.jobs[missing].error->code == 78);
}

TEST_CASE("a job that is stopped (SIGSTOP) is found, said, killed and started again") {
    RunningService running(impatient(2));
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "beat"));
    REQUIRE(pumpUntil([&] { return watch.jobs[job].done > 20; }));
    const pid_t first = processesOf(running.workplace, "r01").front();
    REQUIRE(::kill(first, SIGSTOP) == 0);
    REQUIRE(pumpUntil([&] { return running.workplace.starts("r01") == 2; }, 60));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(::kill(first, 0) != 0);
    REQUIRE_FALSE(watch.warnings.empty());
    CHECK(watch.warnings.front().job == job);
    CHECK(has(watch.warnings.front().text, "gave no sign of life for"));
    CHECK(has(watch.warnings.front().text, "the limit is 2 s"));
    CHECK(has(logOf(running.workplace, "r01"), "gave no sign of life"));
    CHECK(has(logOf(running.workplace, "r01"), "it is started again"));
}

TEST_CASE("a job that hangs each time is given up after three attempts without progress") {
    RunningService running(impatient(0.5));
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(job, "failed", 60));
    CHECK(running.workplace.starts("r01") == 4);
    CHECK(watch.jobs[job].error->code == 75);
    CHECK(has(watch.jobs[job].error->message, "understudy-trainer gave no sign of life for"));
    CHECK(has(watch.jobs[job].error->remedy, "log"));
    // The same for other kinds of jobs.
    const auto search = watch.start(running.workplace.extraction("bird", "wait"));
    REQUIRE(watch.reaches(search, "failed", 60));
    CHECK(has(watch.jobs[search].error->message, "understudy-extractor gave no sign of life for"));
}

TEST_CASE("a job that is asked to save has the time for it, whatever the limit for hanging") {
    ServiceOptions options = impatient(0.3);
    options.leastPatience = 2;
    RunningService running(options);
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "beat"));
    REQUIRE(pumpUntil([&] { return watch.jobs[job].done > 5; }));
    const pid_t process = processesOf(running.workplace, "r01").front();
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 0);
    ::kill(process, SIGSTOP);
    // Ended by the escalation of the request to stop, if it did not save before.
    REQUIRE(watch.reaches(job, "paused"));
    CHECK(watch.warnings.empty());
}

TEST_CASE("a job that is killed from outside is started again, and the reason is told") {
    RunningService running;
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "beat"));
    for (size_t i = 1; i <= 4; ++i) {
        REQUIRE(pumpUntil([&] {
            return running.workplace.starts("r01") == i && watch.jobs[job].state == "running";
        }));
        ::kill(processesOf(running.workplace, "r01").back(), SIGKILL);
    }
    REQUIRE(watch.reaches(job, "failed"));
    CHECK(watch.jobs[job].exitCode == 128 + SIGKILL);
    CHECK(has(watch.jobs[job].error->message, "was killed (signal 9)"));
    CHECK(has(watch.jobs[job].error->remedy, "memory"));
    CHECK(has(logOf(running.workplace, "r01"), "was killed (signal 9); it is started again"));
}

TEST_CASE("a job that is refused the memory it asks for is not retried") {
#ifdef __SANITIZE_ADDRESS__
    return;  // the limit would hit the sanitizer's own memory first
#endif
    RunningService running;
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "hungry"));
    REQUIRE(watch.reaches(job, "failed"));
    CHECK(running.workplace.starts("r01") == 1);
    CHECK(has(watch.jobs[job].error->message, "does not fit in memory"));
}

TEST_CASE("what ended a process is said in words") {
    JobInfo info;
    info.kind = "swap";
    const auto message = [&](JobEnd end) { return errorOfEnd(info, end, "/log")->message; };
    CHECK(message({0, SIGKILL, true}) ==
          "understudy-renderer was killed because the machine's memory ran out (signal 9)");
    CHECK(message({0, SIGKILL}) == "understudy-renderer was killed (signal 9)");
    CHECK(message({0, SIGSEGV}) == "understudy-renderer crashed (signal 11)");
    CHECK(message({0, SIGHUP}) == "understudy-renderer was ended from outside (signal 1)");
    CHECK(has(errorOfEnd(info, {0, SIGKILL, true}, "/log")->remedy, "smaller"));
}

TEST_CASE("a run folder that cannot be written pauses the job, and it goes on when it can") {
    tests::SmallDisk disk(8ull << 30);  // by name only: so large that no training waits for room
    if (!disk.available()) {
        return;
    }
    RunningService running;
    auto& watch = running.watch;
    const auto onDisk = [&](const std::string& run) {
        auto start = running.workplace.training(run, "finish");
        start.project = disk.path().string();
        start.arguments.back() = (disk.path() / "runs" / run).string();
        std::filesystem::create_directories(disk.path() / "runs" / run);
        return start;
    };
    const auto first = onDisk("r01");
    const auto second = onDisk("r02");
    const auto job = watch.start(first);
    REQUIRE(watch.reaches(job, "finished"));
    disk.makeReadOnly();
    const auto other = watch.start(second);
    REQUIRE(watch.reaches(other, "paused"));
    REQUIRE(watch.jobs[other].error);
    CHECK(watch.jobs[other].error->code == 73);
    CHECK(has(watch.jobs[other].error->where, "r02"));
    CHECK(running.workplace.starts("r02") == 0);
    disk.makeWritable();
    CHECK(watch.ask([&](auto how) { watch.client.resumeJob(other, how); }) == 0);
    CHECK(watch.reaches(other, "finished"));
}

TEST_CASE("a full disk under the service is said, and its jobs go on") {
    tests::SmallDisk disk(4 << 20);
    if (!disk.available()) {
        return;
    }
    RunningService running;
    auto& watch = running.watch;
    const auto folder = disk.path() / "state";
    std::filesystem::create_directory(folder);
    running.end();
    const tests::ScopedVariable state("XDG_STATE_HOME", folder.string());
    running.begin();
    watch.listed = false;
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    const auto job = watch.start(running.workplace.training("r01", "beat"));
    REQUIRE(watch.reaches(job, "running"));
    const auto next = watch.start(running.workplace.training("r03", "finish"));
    disk.fill(0);
    std::optional<Result<std::string>> answer;
    watch.client.startJob(running.workplace.training("r02", "finish"),
                          [&](auto how) { answer = how; });
    REQUIRE(pumpUntil([&] { return answer.has_value(); }));
    // A job that cannot be kept is not promised.
    REQUIRE_FALSE(answer->ok());
    CHECK(answer->error().code == ErrorCode::cannotWrite);
    training::ChangeJob sooner;
    sooner.job = next;
    sooner.priority = 7;
    CHECK(watch.ask([&](auto how) { watch.client.changeJob(sooner, how); }) == 73);
    CHECK(watch.jobs[next].priority == 0);
    CHECK(watch.ask([&](auto how) { watch.client.stopJob(next, how); }) == 0);
    CHECK(watch.ask([&](auto how) { watch.client.pauseJob(job, how); }) == 0);
    CHECK(watch.reaches(job, "paused"));
    std::filesystem::remove(disk.path() / "filler");
    CHECK(watch.ask([&](auto how) { watch.client.resumeJob(job, how); }) == 0);
    CHECK(watch.reaches(job, "running"));
    running.end();  // while its folder is still there
}
