// What the NVIDIA driver says of its GPUs, through its management library, which is loaded at run
// time: where it is absent, nothing is known.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace understudy::training {

class Nvml {
  public:
    struct Gpu {
        std::string uuid;  // "GPU-1b2c..."
        std::string name;
        uint64_t memoryBytes = 0;
        int index = 0;  // as nvidia-smi counts: by place on the bus
    };
    // Of one GPU at one moment; what the driver does not tell is absent.
    struct Load {
        std::optional<double> busy;  // 0 to 1: part of the time in which a kernel ran
        std::optional<uint64_t> memoryUsed;
        std::optional<double> watts, wattLimit;
        std::optional<double> celsius;
        // Why it runs slower than it could: "power limit", "heat", "power supply", "hardware".
        std::vector<std::string> throttling;
    };

    // Nothing when the library or the driver is not there.
    static std::optional<Nvml> load(const std::string& library = "libnvidia-ml.so.1");

    std::string driverVersion() const;
    // Those that answer; one that fell off the bus is left out.
    std::vector<Gpu> gpus() const;
    // All absent for a GPU that is not there.
    Load loadOf(const std::string& uuid) const;
    // That the GPU took since the driver was loaded; nothing where it does not count.
    std::optional<double> joules(const std::string& uuid) const;

  private:
    struct Library;
    explicit Nvml(std::shared_ptr<const Library> library) : library_(std::move(library)) {}
    std::shared_ptr<const Library> library_;
};

// UUIDs of the GPUs in the order of CUDA's numbers ("cuda:0" is the first), which is not NVML's.
std::vector<std::string> cudaUuids(const std::string& library = "libcuda.so.1");

}  // namespace understudy::training
