#include "training/telemetry/nvml.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/scoped_variable.h"
#include "tests/support/temp_folder.h"
#include "training/telemetry/machine_sampler.h"

using namespace understudy;
using namespace understudy::training;

namespace {

std::string driver() {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / US_FAKE_DRIVER)
        .string();
}

}  // namespace

TEST_CASE("NVML says what GPUs there are, and its absence is no error") {
    const auto nvml = Nvml::load(driver());
    REQUIRE(nvml.has_value());
    CHECK(nvml->driverVersion() == "580.1");
    const auto gpus = nvml->gpus();
    REQUIRE(gpus.size() == 2);
    CHECK(gpus[0].index == 0);
    CHECK(gpus[1].index == 1);
    CHECK(gpus[1].name == "Large");
    CHECK(gpus[1].memoryBytes == 2000000000);
    CHECK(cudaUuids(driver()) == std::vector<std::string>{gpus[1].uuid, gpus[0].uuid});
    CHECK_FALSE(Nvml::load("libno-such-library.so.1").has_value());
    CHECK(cudaUuids("libno-such-library.so.1").empty());
}

TEST_CASE("NVML says how busy, full, hot and throttled each GPU is") {
    const tests::TempFolder folder;
    const tests::ScopedVariable state("FAKE_GPUS", (folder / "gpus").string());
    std::ofstream(folder / "gpus") << "250000000 91 412500 71 100\n1000 0 55000 38 1\n";
    const auto nvml = Nvml::load(driver());
    REQUIRE(nvml.has_value());
    const auto gpus = nvml->gpus();
    REQUIRE(gpus.size() == 2);
    const Nvml::Load busy = nvml->loadOf(gpus[0].uuid);
    CHECK(busy.memoryUsed == 250000000u);
    CHECK(busy.busy == Approx(0.91));
    CHECK(busy.watts == Approx(412.5));
    CHECK(busy.wattLimit == Approx(700));
    CHECK(busy.celsius == 71.0);
    // 100 = 4 + 32 + 64: power, and heat that both software and hardware saw.
    CHECK(busy.throttling == std::vector<std::string>{"power limit", "heat"});
    const Nvml::Load idle = nvml->loadOf(gpus[1].uuid);
    CHECK(idle.busy == 0.0);
    CHECK(idle.throttling.empty());  // 1: it is idle
}

TEST_CASE("what a driver does not tell, or a GPU that is gone, is absent") {
    const tests::ScopedVariable state("FAKE_GPUS", std::nullopt);
    const auto nvml = Nvml::load(driver());
    REQUIRE(nvml.has_value());
    const Nvml::Load load = nvml->loadOf(nvml->gpus().at(0).uuid);
    CHECK_FALSE(load.busy.has_value());
    CHECK_FALSE(load.watts.has_value());
    CHECK_FALSE(load.celsius.has_value());
    CHECK(load.throttling.empty());
    CHECK_FALSE(nvml->loadOf("GPU-of-another-machine").memoryUsed.has_value());
}

TEST_CASE("a sample has the GPUs, the CPU and the memory") {
    const tests::TempFolder folder;
    const tests::ScopedVariable state("FAKE_GPUS", (folder / "gpus").string());
    std::ofstream(folder / "gpus") << "7 50 1000 40 0\n8 60 2000 50 0\n";
    MachineSampler sampler(driver());
    const MachineSample sample = sampler.sample();
    REQUIRE(sample.gpus.size() == 2);
    CHECK(sample.gpus[1].gpu.name == "Large");
    CHECK(sample.gpus[1].load.busy == Approx(0.6));
    REQUIRE(sample.memory.has_value());
    CHECK(sample.memory->available <= sample.memory->total);
    std::optional<double> cpu = sample.cpu;
    while (!cpu) {
        cpu = sampler.sample().cpu;  // as soon as the kernel has counted
    }
    CHECK(*cpu >= 0);
    CHECK(*cpu <= 1);

    MachineSampler without("libno-such-library.so.1", folder.path());
    const MachineSample nothing = without.sample();
    CHECK(nothing.gpus.empty());
    CHECK_FALSE(nothing.cpu.has_value());
    CHECK_FALSE(nothing.memory.has_value());
}
