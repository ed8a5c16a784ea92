#include "training/engine/trainer/memory.h"

#include <c10/core/CachingDeviceAllocator.h>
#include <sys/resource.h>
#include <torch/types.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace understudy::training {

uint64_t freeHostBytes() {
    std::ifstream info("/proc/meminfo");
    std::string name, unit;
    uint64_t value = 0;
    while (info >> name >> value) {
        if (name == "MemAvailable:") {
            return value * 1024;
        }
        std::getline(info, unit);
    }
    return static_cast<uint64_t>(::sysconf(_SC_AVPHYS_PAGES)) *
           static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

uint64_t freeDeviceBytes(torch::Device device) {
    if (!device.is_cuda()) {
        return 0;
    }
    return at::getDeviceAllocator(device.type())->getMemoryInfo(device.index()).first;
}

uint64_t peakBytes(torch::Device device) {
    if (device.is_cuda()) {
        const auto stats = at::getDeviceAllocator(device.type())->getDeviceStats(device.index());
        return static_cast<uint64_t>(stats.allocated_bytes[0].peak);
    }
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace understudy::training
