#include "training/service/schedule.h"

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.h"
#include "training/plan/changes.h"

using namespace understudy;
using namespace understudy::training;

namespace {

constexpr uint64_t kGib = 1ull << 30;

StartJob trainingOf(const tests::TempFolder& project, const std::string& run,
                    const std::string& devices) {
    StartJob job;
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

Claim train(const std::string& devices, bool shares = false) {
    return {"train", devices, shares};
}

// Where no GPU is known.
bool mayRunBeside(const Claim& job, const Claim& running) {
    const Machine machine;
    Occupancy busy(machine);
    busy.addRunning("job-1", running, busy.decide(running).devices);
    return busy.decide(job).starts;
}

// Three GPUs of 24 GiB, all free.
Machine workstation() {
    Machine machine;
    for (int i = 0; i < 3; ++i) {
        machine.gpus.push_back(
            {"GPU-" + std::to_string(i), i, "Large", 24 * kGib, 24 * kGib, false});
    }
    machine.memoryAvailable = 64 * kGib;
    return machine;
}

using Devices = std::vector<std::string>;

}  // namespace

TEST_CASE("where no GPU is known, trainings share nothing that they name") {
    CHECK_FALSE(mayRunBeside(train("cpu"), train("cpu,cpu")));
    CHECK(mayRunBeside(train("cpu"), train("cuda:0,cuda:1")));
    CHECK(mayRunBeside(train("cuda:0,cuda:1"), train("cuda:2")));
    CHECK_FALSE(mayRunBeside(train("cuda:0"), train("cuda:0")));
    CHECK_FALSE(mayRunBeside(train("auto"), train("cpu")));
    CHECK_FALSE(mayRunBeside(train("cuda:2"), train("auto")));
    CHECK_FALSE(mayRunBeside(train("all"), train("auto")));
    CHECK(mayRunBeside(train("all", true), train("auto")));
    CHECK(mayRunBeside({"extract", "cpu"}, train("auto")));
    CHECK(mayRunBeside({"swap"}, {"extract"}));
    CHECK_FALSE(mayRunBeside({"swap"}, {"swap"}));
}

TEST_CASE("auto takes a free GPU, all takes all, and those behind do not overtake") {
    const Machine machine = workstation();
    Occupancy busy(machine);
    CHECK(busy.decide(train("all")).devices == Devices{"GPU-0", "GPU-1", "GPU-2"});
    const Decision first = busy.decide(train("auto"));
    REQUIRE(first.starts);
    CHECK(first.devices == Devices{"GPU-0"});
    busy.addRunning("job-1", train("auto"), first.devices);
    CHECK(busy.decide(train("auto")).devices == Devices{"GPU-1"});
    CHECK(busy.decide(train("cpu")).devices == Devices{"cpu"});

    const Decision taken = busy.decide(train("cuda:0"));
    CHECK_FALSE(taken.starts);
    CHECK(taken.text == "Waits for GPU 0, used by job-1");
    const Decision every = busy.decide(train("all"));
    CHECK_FALSE(every.starts);
    CHECK(every.text == "Waits for GPU 0, used by job-1");
    busy.addWaiting("job-2", train("all"));
    // GPU 1 is free, but job-2 would never get all of them.
    const Decision behind = busy.decide(train("auto"));
    CHECK_FALSE(behind.starts);
    CHECK(behind.text.find("job-1") != std::string::npos);
    CHECK(busy.decide(train("cuda:1")).text == "Waits for GPU 1, after job-2");
}

TEST_CASE("the GPU with more memory is the better one") {
    Machine machine = workstation();
    machine.gpus[1].memoryTotal = 48 * kGib;
    CHECK(Occupancy(machine).decide(train("auto")).devices == Devices{"GPU-1"});
}

TEST_CASE("a GPU that is reserved for the viewport is used only by name") {
    Machine machine = workstation();
    machine.gpus[0].reserved = true;
    Occupancy busy(machine);
    CHECK(busy.decide(train("all")).devices == Devices{"GPU-1", "GPU-2"});
    CHECK(busy.decide(train("auto")).devices == Devices{"GPU-1"});
    CHECK(busy.decide(train("cuda:0")).devices == Devices{"GPU-0"});
    CHECK(busy.decide({"swap"}).devices == Devices{"GPU-1"});
    machine.gpus[1].reserved = machine.gpus[2].reserved = true;
    CHECK(Occupancy(machine).decide(train("auto")).devices == Devices{"cpu"});
    CHECK(Occupancy(machine).decide({"swap"}).devices == Devices{"cpu"});
}

TEST_CASE("who asks for it trains on devices that others use") {
    Machine machine = workstation();
    machine.gpus[2].memoryFree = 20 * kGib;
    machine.gpus[0].memoryFree = machine.gpus[1].memoryFree = 4 * kGib;
    Occupancy busy(machine);
    busy.addRunning("job-1", train("all"), busy.decide(train("all")).devices);
    CHECK_FALSE(busy.decide(train("auto")).starts);
    CHECK(busy.decide(train("auto", true)).devices == Devices{"GPU-2"});
    CHECK(busy.decide(train("cuda:0", true)).devices == Devices{"GPU-0"});
}

TEST_CASE("a device that is not there is left to the program to refuse") {
    const Machine machine = workstation();
    const Occupancy busy(machine);
    CHECK(busy.decide(train("cuda:7")).devices == Devices{"cuda:7"});
    CHECK(busy.decide(train("GPU-ffff")).devices == Devices{"GPU-ffff"});
    CHECK(busy.decide(train("GPU-1,cuda:1,cuda:2")).devices == Devices{"GPU-1", "GPU-2"});
}

TEST_CASE("swaps and searches run beside a training when memory allows") {
    Machine machine = workstation();
    machine.gpus.resize(2);
    Occupancy busy(machine);
    busy.addRunning("job-1", train("auto"), {"GPU-0"});
    CHECK(busy.decide({"swap"}).devices == Devices{"GPU-1"});  // rather where nobody trains

    machine.gpus[1].memoryFree = kGib;  // another program has it
    CHECK(busy.decide({"swap"}).devices == Devices{"GPU-0"});
    machine.gpus[0].memoryFree = kGib / 2;
    const Decision full = busy.decide({"swap"});
    CHECK_FALSE(full.starts);
    CHECK(full.text == "Waits for memory on GPU 1: 1.0 GiB are free, 2.0 GiB are needed");
    CHECK(busy.decide({"swap", "cpu"}).devices == Devices{"cpu"});
    CHECK(busy.decide({"extract", "cpu"}).starts);

    machine.memoryAvailable = kGib;
    const Decision noMemory = busy.decide({"extract", "cpu"});
    CHECK_FALSE(noMemory.starts);
    CHECK(noMemory.text ==
          "Waits for memory: 1.0 GiB are available, 2.0 GiB are needed beside job-1");
    CHECK_FALSE(busy.decide({"swap", "cpu"}).starts);
    // Alone there is nothing to wait for.
    CHECK(Occupancy(machine).decide({"extract", "cpu"}).starts);
    CHECK(Occupancy(machine).decide({"swap"}).devices == Devices{"GPU-1"});
}

TEST_CASE("one swap and one search at a time, in their order") {
    const Machine machine = workstation();
    Occupancy busy(machine);
    busy.addRunning("job-1", {"swap"}, {"GPU-0"});
    CHECK(busy.decide({"swap"}).text == "Waits for job-1");
    CHECK(busy.decide({"extract"}).starts);
    busy.addWaiting("job-2", {"extract"});
    CHECK(busy.decide({"extract"}).text == "Waits its turn after job-2");
    // A training does not wait for a swap.
    CHECK(busy.decide(train("cuda:0")).starts);
}

TEST_CASE("what many jobs have taken adds up") {
    const Machine machine = workstation();
    Occupancy busy(machine);
    busy.addRunning("job-1", train("cuda:0"), {"GPU-0"});
    busy.addRunning("job-2", train("cuda:1"), {"GPU-1"});
    // Of an earlier service, which did not say what it has.
    busy.addRunning("job-3", train("cuda:2"), {});
    const Decision decision = busy.decide(train("auto"));
    CHECK_FALSE(decision.starts);
    CHECK(decision.text == "Waits for GPU 0, GPU 1 and GPU 2, used by job-1, job-2 and job-3");
}

TEST_CASE("a job's program sees the GPUs that it has") {
    const Machine machine = workstation();
    const auto visible = [&](const Claim& claim) {
        return variablesFor(machine, claim, Occupancy(machine).decide(claim).devices)
            .at("CUDA_VISIBLE_DEVICES");
    };
    CHECK(visible(train("auto")) == "GPU-0");
    CHECK(visible(train("all")) == "GPU-0,GPU-1,GPU-2");
    CHECK(visible(train("GPU-2,GPU-0")) == "GPU-0,GPU-2");
    CHECK(visible(train("cpu")).empty());
    // Numbers mean what nvidia-smi shows, so all are there.
    CHECK(visible(train("cuda:1")) == "GPU-0,GPU-1,GPU-2");
    CHECK(variablesFor(machine, train("auto"), {"GPU-0"}).at("CUDA_DEVICE_ORDER") == "PCI_BUS_ID");
    CHECK(variablesFor(Machine(), train("auto"), {}).empty());
}

TEST_CASE("the devices of a job are those of its plan with its changes, or of its arguments") {
    const tests::TempFolder project;
    const auto moved = trainingOf(project, "r01", "cuda:0");
    CHECK(claimOf(moved).devices == "cuda:0");
    const PlanChange change{10, "devices", "cuda:1", "resumed"};
    REQUIRE(appendChanges(project / "runs/r01/changes.jsonl", std::span(&change, 1)).ok());
    CHECK(claimOf(moved).devices == "cuda:1");
    StartJob planless = moved;
    planless.run = "none";
    planless.shareDevices = true;
    CHECK(claimOf(planless).devices == "auto");
    CHECK(claimOf(planless).shares);

    StartJob swap;
    swap.kind = "swap";
    CHECK(claimOf(swap).devices == "auto");
    swap.arguments = {"--device", "cuda:1", "--out", "x"};
    CHECK(claimOf(swap).devices == "cuda:1");
    StartJob search;
    search.kind = "extract";
    CHECK(claimOf(search).devices == "cpu");
}
