#include "training/telemetry/machine_load.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;

TEST_CASE("the load of the CPU is what it did between two readings") {
    const tests::TempFolder proc;
    std::ofstream(proc / "stat") << "cpu  100 10 40 800 50 0 0 0 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
    const auto before = readCpuTimes(proc.path());
    REQUIRE(before.has_value());
    CHECK(before->busy == 150);
    CHECK(before->total == 1000);
    std::ofstream(proc / "stat") << "cpu  160 10 50 820 60 0 0 0 7 0\n";
    const auto after = readCpuTimes(proc.path());
    REQUIRE(after.has_value());
    CHECK(cpuLoad(*before, *after) == Approx(0.7));  // 70 of 100 ticks
    CHECK_FALSE(cpuLoad(*after, *after).has_value());
    CHECK_FALSE(cpuLoad(*after, *before).has_value());
}

TEST_CASE("available memory counts what caches can give up") {
    const tests::TempFolder proc;
    std::ofstream(proc / "meminfo") << "MemTotal:       32000000 kB\nMemFree:          900000 kB\n"
                                       "MemAvailable:   21000000 kB\nHugePages_Total:       0\n";
    const auto memory = readMemory(proc.path());
    REQUIRE(memory.has_value());
    CHECK(memory->total == 32000000ull * 1024);
    CHECK(memory->available == 21000000ull * 1024);
}

TEST_CASE("files that say something else, or are not there, give nothing") {
    const tests::TempFolder proc;
    CHECK_FALSE(readCpuTimes(proc.path()).has_value());
    CHECK_FALSE(readMemory(proc.path()).has_value());
    std::ofstream(proc / "stat") << "intr 1 2 3 4 5 6 7 8 9\n";
    std::ofstream(proc / "meminfo") << "MemTotal: many kB\n";
    CHECK_FALSE(readCpuTimes(proc.path()).has_value());
    CHECK_FALSE(readMemory(proc.path()).has_value());
    std::ofstream(proc / "stat") << "cpu 1 2 3\n";
    CHECK_FALSE(readCpuTimes(proc.path()).has_value());
}
