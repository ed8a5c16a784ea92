#include "training/service/schedule.h"

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.h"
#include "training/plan/changes.h"

using namespace understudy;
using namespace understudy::training;

namespace {

JobInfo trainingOf(const tests::TempFolder& project, const std::string& run,
                   const std::string& devices) {
    JobInfo job;
    job.kind = "train";
    job.project = project.path().string();
    job.run = run;
    const auto folder = project / "runs" / run;
    std::filesystem::create_directories(folder);
    Plan plan;
    plan.source = std::string("A");
    plan.destination = std::string("B");
    plan.devices = devices;
    REQUIRE(savePlan(plan, folder / "plan.json").ok());
    return job;
}

bool mayRunBeside(const JobInfo& job, const JobInfo& running) {
    Occupancy busy;
    busy.add(claimOf(running));
    return busy.leavesRoomFor(claimOf(job));
}

}  // namespace

TEST_CASE("trainings share no device; searching and swapping go on beside them") {
    const tests::TempFolder project;
    const auto cpu = trainingOf(project, "r01", "cpu");
    const auto ranks = trainingOf(project, "r02", "cpu,cpu");
    const auto first = trainingOf(project, "r03", "cuda:0,cuda:1");
    const auto second = trainingOf(project, "r04", "cuda:2");
    const auto any = trainingOf(project, "r05", "auto");
    CHECK_FALSE(mayRunBeside(cpu, ranks));
    CHECK(mayRunBeside(cpu, first));
    CHECK(mayRunBeside(first, second));
    CHECK_FALSE(mayRunBeside(first, first));
    CHECK_FALSE(mayRunBeside(any, cpu));
    CHECK_FALSE(mayRunBeside(second, any));

    JobInfo extraction;
    extraction.kind = "extract";
    JobInfo swap;
    swap.kind = "swap";
    CHECK(mayRunBeside(extraction, any));
    CHECK(mayRunBeside(swap, extraction));
    CHECK_FALSE(mayRunBeside(swap, swap));

    JobInfo planless = cpu;
    planless.run = "none";
    CHECK_FALSE(mayRunBeside(planless, second));
}

TEST_CASE("what many jobs have taken adds up") {
    Occupancy busy;
    CHECK(busy.leavesRoomFor({"train", {}}));
    busy.add({"swap", {}});
    busy.add({"train", {"cuda:0"}});
    busy.add({"train", {"cuda:1", "cuda:2"}});
    CHECK(busy.leavesRoomFor({"train", {"cuda:3"}}));
    CHECK(busy.leavesRoomFor({"extract", {}}));
    CHECK_FALSE(busy.leavesRoomFor({"train", {"cuda:3", "cuda:2"}}));
    CHECK_FALSE(busy.leavesRoomFor({"train", {}}));
    CHECK_FALSE(busy.leavesRoomFor({"swap", {}}));
}

TEST_CASE("devices that were changed after the run began count") {
    const tests::TempFolder project;
    const auto moved = trainingOf(project, "r01", "cuda:0");
    const auto other = trainingOf(project, "r02", "cuda:1");
    CHECK(mayRunBeside(moved, other));
    const PlanChange change{10, "devices", "cuda:1", "resumed"};
    REQUIRE(appendChanges(project / "runs/r01/changes.jsonl", std::span(&change, 1)).ok());
    CHECK_FALSE(mayRunBeside(moved, other));
}
