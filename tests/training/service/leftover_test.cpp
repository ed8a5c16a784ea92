// What a service does with jobs that an earlier one left behind.
#include <sys/wait.h>

#include <fstream>

#include "media/base/paths.h"
#include "tests/training/service/service_watch.h"
#include "training/client/job_process.h"
#include "training/protocol/job_state.h"
#include "training/service/queue_store.h"
#include "training/service/service.h"

using namespace understudy;
using namespace understudy::training;
using tests::BackgroundProcess;
using tests::pumpUntil;
using tests::ServiceWatch;
using tests::Workplace;

namespace {

// A job that runs, as a service that was killed has left it in the queue.
void leave(const Workplace& workplace, const ProcessMark& process, double lastSave, int retries) {
    auto store = QueueStore::open(stateFolder() / "queue.db");
    REQUIRE(store.ok());
    StoredJob job;
    job.start = workplace.training("r01", "finish");
    job.info = queuedJob("", job.start, 1);
    job.info.state = "running";
    job.process = process;
    job.lastSave = lastSave;
    job.retries = retries;
    REQUIRE(store->add(job).ok());
}

// Of a process that has ended.
ProcessMark ended() {
    BackgroundProcess process("sh", {"-c", "read line"});
    const ProcessMark mark = markOf(process.pid());
    REQUIRE(mark.pid > 0);
    process.closeInput();
    process.wait(30);
    return mark;
}

// The state of the job when the service has done with it.
struct Outcome {
    std::string state;
    std::vector<std::string> states;
    std::string message;
};

Outcome outcome() {
    ServiceOptions options;
    options.retrySeconds = 0.01;
    Service service(options);
    REQUIRE(service.start().ok());
    ServiceWatch watch;
    watch.connectNow();
    REQUIRE(pumpUntil([&] { return isOver(watch.jobs["job-1"].state); }));
    const JobInfo& info = watch.jobs["job-1"];
    return {info.state, watch.states["job-1"], info.error ? info.error->message : ""};
}

}  // namespace

TEST_CASE("an earlier process has the time that its last save took, and no more") {
    for (const bool slow : {true, false}) {
        const Workplace workplace;
        // Hears no SIGTERM, and is done after a second.
        BackgroundProcess process("sh", {"-c", "trap '' TERM; sleep 1; exit 3"});
        leave(workplace, markOf(process.pid()), slow ? 1000 : 0, 0);
        ServiceOptions options;
        options.leastPatience = 0.1;
        Service service(options);
        REQUIRE(service.start().ok());
        REQUIRE(pumpUntil([&] { return !process.running(); }));
        CHECK(process.wait(1) == (slow ? 3 : 128 + SIGKILL));
    }
}

TEST_CASE("a job that was killed with its service is counted, as a crash is") {
    const Workplace workplace;
    leave(workplace, ended(), 0, kRetryLimit - 1);
    CHECK(outcome().state == "finished");
    CHECK(workplace.starts("r01") == 1);
}

TEST_CASE("a job that takes the service down with it is given up") {
    const Workplace workplace;
    leave(workplace, ended(), 0, kRetryLimit);
    const Outcome how = outcome();
    CHECK(how.state == "failed");
    CHECK(how.message.find("killed together") != std::string::npos);
    CHECK(workplace.starts("r01") == 0);
}

TEST_CASE("the end of a service alone, and of the machine, is not the job's fault") {
    {
        const Workplace workplace;
        const ProcessMark process = ended();
        leave(workplace, process, 0, kRetryLimit);
        const auto log = logOfJob(workplace.training("r01", "finish"));
        std::ofstream(log) << "12:00:00 info trainer: " << farewell(process.pid) << "85\n";
        CHECK(outcome().state == "finished");
    }
    {
        const Workplace workplace;
        ProcessMark process = ended();
        process.started = "12 another-boot";
        leave(workplace, process, 0, kRetryLimit);
        CHECK(outcome().state == "finished");
    }
}
