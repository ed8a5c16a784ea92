// How busy the CPU is and how much memory is left, from the kernel's files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace understudy::training {

// Counted since the machine started, over all cores; in ticks.
struct CpuTimes {
    uint64_t busy = 0;
    uint64_t total = 0;
};
// From /proc/stat; nothing where it says something else. Waiting for disks is not busy.
std::optional<CpuTimes> readCpuTimes(const std::filesystem::path& proc = "/proc");
// Between two readings: 0 (idle) to 1 (all cores); nothing when no time has passed.
std::optional<double> cpuLoad(const CpuTimes& before, const CpuTimes& after);

struct MemoryState {
    uint64_t total = 0;
    uint64_t available = 0;  // without swapping: free, and caches that can be given up
};
// From /proc/meminfo; nothing where it says something else.
std::optional<MemoryState> readMemory(const std::filesystem::path& proc = "/proc");

}  // namespace understudy::training
