#include "training/telemetry/machine_load.h"

#include <array>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>

namespace understudy::training {

std::optional<CpuTimes> readCpuTimes(const std::filesystem::path& proc) {
    std::ifstream file(proc / "stat");
    std::string word;
    // user nice system idle iowait irq softirq steal; guests are in user already.
    std::array<uint64_t, 8> ticks{};
    file >> word;
    for (uint64_t& tick : ticks) {
        file >> tick;
    }
    if (!file || word != "cpu") {
        return std::nullopt;
    }
    const uint64_t total = std::accumulate(ticks.begin(), ticks.end(), uint64_t{0});
    return CpuTimes{total - ticks[3] - ticks[4], total};
}

std::optional<double> cpuLoad(const CpuTimes& before, const CpuTimes& after) {
    // The kernel's count of waiting may go back.
    if (after.total <= before.total || after.busy < before.busy) {
        return std::nullopt;
    }
    return static_cast<double>(after.busy - before.busy) /
           static_cast<double>(after.total - before.total);
}

std::optional<MemoryState> readMemory(const std::filesystem::path& proc) {
    std::ifstream file(proc / "meminfo");
    std::optional<uint64_t> total, available;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        uint64_t kibibytes = 0;
        if (words >> name >> kibibytes) {
            if (name == "MemTotal:") {
                total = kibibytes * 1024;
            } else if (name == "MemAvailable:") {
                available = kibibytes * 1024;
            }
        }
    }
    if (!total || !available) {
        return std::nullopt;
    }
    return MemoryState{*total, *available};
}

}  // namespace understudy::training
