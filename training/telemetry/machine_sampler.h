// What this machine is doing at one moment: GPUs, CPU, memory.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "training/telemetry/machine_load.h"
#include "training/telemetry/nvml.h"

namespace understudy::training {

struct MachineSample {
    struct Gpu {
        Nvml::Gpu gpu;
        Nvml::Load load;
    };
    std::vector<Gpu> gpus;  // that CUDA_VISIBLE_DEVICES shows us; none where there is no driver
    std::optional<double> cpu;
    std::optional<MemoryState> memory;
};

// One thread. Asking a driver in trouble may hang.
class MachineSampler {
  public:
    explicit MachineSampler(std::string nvmlLibrary = "libnvidia-ml.so.1",
                            std::filesystem::path proc = "/proc");

    // The load of the CPU is that since the sample before (or since this was made), absent right
    // after it; if that is long ago, of a tenth of a second that this takes.
    MachineSample sample();

  private:
    std::optional<double> cpu();

    std::string nvmlLibrary_;
    std::filesystem::path proc_;
    std::optional<std::string> visible_;
    std::optional<Nvml> nvml_;
    std::optional<CpuTimes> before_;
    std::chrono::steady_clock::time_point beforeAt_;
};

}  // namespace understudy::training
