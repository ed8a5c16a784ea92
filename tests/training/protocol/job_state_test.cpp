#include "training/protocol/job_state.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;

TEST_CASE("progress and result of a job go into its description") {
    StartJob start;
    start.kind = "extract";
    start.clip = "bird";
    JobInfo info = queuedJob("job-3", start, 12);
    CHECK(info.state == "queued");
    CHECK(info.clip == "bird");
    JobProgressed progress{"", 5, 10, "frames", 2, 2, 3, "Finding faces"};
    CHECK(applyEvent(info, progress));
    CHECK(info.done == 5);
    CHECK(info.secondsLeftHigh == 3);
    progress.rate = std::nan("");
    CHECK(applyEvent(info, progress));
    CHECK(info.rate == 0);
    CHECK_FALSE(applyEvent(info, WarningRaised{"", "careful"}));
    CHECK(applyEvent(info, JobFinished{"", 0, std::nullopt, "{}"}));
    CHECK(info.result == "{}");
}

TEST_CASE("an event is told apart by the job it belongs to") {
    Message event = StepFinished();
    setJob(event, "job-9");
    CHECK(std::get<StepFinished>(event).job == "job-9");
    event = ListJobs();
    setJob(event, "job-9");  // has none, nothing happens
}

TEST_CASE("a job's farewell is found in its log, and is not its last word") {
    const tests::TempFolder folder;
    const auto log = (folder / "log").string();
    CHECK_FALSE(saidFarewell(log, 47));
    std::ofstream(log) << std::string(10000, 'x') << "\nout of memory\n"
                       << farewell(47) << "78\na library's goodbye\n";
    CHECK(saidFarewell(log, 47));
    CHECK_FALSE(saidFarewell(log, 4));
    JobInfo info;
    info.kind = "train";
    CHECK(errorOfEnd(info, {78, 0}, log)->message.find("goodbye") != std::string::npos);
    std::ofstream(log) << "out of memory\n" << farewell(47) << "78\n";
    CHECK(errorOfEnd(info, {78, 0}, log)->message.find("memory") != std::string::npos);
}

TEST_CASE("an end without a word still has an error") {
    JobInfo info;
    info.kind = "train";
    CHECK_FALSE(errorOfEnd(info, {0, 0}, "log"));
    const auto killed = errorOfEnd(info, {0, 9}, "/log");
    REQUIRE(killed);
    CHECK(killed->code == 75);
    CHECK(killed->message.find("signal 9") != std::string::npos);
    CHECK(killed->where == "/log");
    CHECK(errorOfEnd(info, {78, 0}, "/log")->code == 78);
    CHECK(errorOfEnd(info, {85, 0}, "/log")->message == "saved on request");
    CHECK(errorOf(*errorOfEnd(info, {1, 0}, "/log")).code == ErrorCode::environment);
}
