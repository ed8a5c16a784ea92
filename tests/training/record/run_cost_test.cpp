#include "training/record/run_cost.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/support/scoped_variable.h"
#include "training/record/energy_meter.h"

using namespace understudy;
using namespace understudy::training;

namespace {

const std::string kDriver = US_FAKE_DRIVER;  // beside this program, built from fake_driver.cpp

std::string driver() {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / kDriver).string();
}

}  // namespace

TEST_CASE("energy is counted for the GPUs that train, by their UUID") {
    const tests::ScopedVariable counter("FAKE_MILLIJOULES", "1000");
    const EnergyMeter first({"cuda:0"}, driver(), driver());  // NVML's second
    const EnergyMeter both({"cuda:0", "cuda:1"}, driver(), driver());
    CHECK(first.joules() == 0.0);
    const tests::ScopedVariable later("FAKE_MILLIJOULES", "6000");
    CHECK(first.joules() == 10.0);  // 2 * 5 J
    CHECK(both.joules() == 15.0);
    CHECK_FALSE(EnergyMeter({"cpu"}, driver(), driver()).joules().has_value());
    CHECK_FALSE(EnergyMeter({"cuda:0", "cuda:0"}, driver(), driver()).joules().has_value());
    CHECK_FALSE(EnergyMeter({"cuda:7"}, driver(), driver()).joules().has_value());
    CHECK_FALSE(EnergyMeter({"cuda:0"}, "libnone.so", driver()).joules().has_value());
}

TEST_CASE("a GPU that does not count its energy makes it unknown") {
    ::unsetenv("FAKE_MILLIJOULES");
    CHECK_FALSE(EnergyMeter({"cuda:0"}, driver(), driver()).joules().has_value());
}

TEST_CASE("hours are ranks times stepping, at the user's price") {
    const CostMeter fresh({"cpu", "cpu"}, 3.0, 0, {});
    const RunCost cost = fresh.at(1800);
    CHECK(cost.gpuHours == Approx(1));
    REQUIRE(cost.cost.has_value());
    CHECK(*cost.cost == Approx(3));
    CHECK_FALSE(cost.energyKwh.has_value());
    CHECK_FALSE(CostMeter({"cpu"}, std::nullopt, 0, {}).at(60).cost.has_value());
    CHECK(CostMeter({"cpu"}, 0.0, 0, {}).at(60).cost == 0.0);
}

TEST_CASE("a run that goes on with other ranks keeps what it took before") {
    std::map<std::string, double> numbers;
    CostMeter({"cuda:0", "cuda:1"}, std::nullopt, 0, {}).save(1800, numbers);
    const CostMeter later({"cpu"}, 2.0, 1800, numbers);
    CHECK(later.at(1800).gpuHours == Approx(1));
    CHECK(later.at(1800 + 3600).gpuHours == Approx(2));
    CHECK(*later.at(1800 + 3600).cost == Approx(4));
    // A checkpoint of before hours were counted is of one device.
    CHECK(CostMeter({"cpu", "cpu"}, 2.0, 3600, {}).at(3600).gpuHours == Approx(1));
}
