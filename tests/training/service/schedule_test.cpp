#include "training/service/schedule.h"

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.h"
#include "training/plan/plan.h"

using namespace understudy;
using namespace understudy::training;

TEST_CASE("trainings share no device; searching and swapping go on beside them") {
    const tests::TempFolder project;
    const auto training = [&](const std::string& run, const std::string& devices) {
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
    };
    const auto cpu = training("r01", "cpu");
    const auto ranks = training("r02", "cpu,cpu");
    const auto first = training("r03", "cuda:0,cuda:1");
    const auto second = training("r04", "cuda:2");
    const auto any = training("r05", "auto");
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
