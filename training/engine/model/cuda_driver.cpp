#include "training/engine/model/cuda_driver.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string>

namespace understudy::training {

namespace {

// Of CUresult.
constexpr int kNoDevice = 100, kDriverMismatch = 803, kNotCompatible = 804;

const std::string kOnCpu = ", or train on the CPU (devices=cpu)";

Error unavailable(const std::string& message) {
    return {ErrorCode::deviceUnavailable, message, "cuda",
            "Check the driver with nvidia-smi" + kOnCpu};
}

std::string versionText(int version) {
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

CudaDriver askDriver() {
    CudaDriver found;
    // Numbers as nvidia-smi and our service count, not the fastest first.
    ::setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 0);
    void* library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        return found;
    }
    const auto start = reinterpret_cast<int (*)(unsigned)>(::dlsym(library, "cuInit"));
    const auto count = reinterpret_cast<int (*)(int*)>(::dlsym(library, "cuDeviceGetCount"));
    const auto version = reinterpret_cast<int (*)(int*)>(::dlsym(library, "cuDriverGetVersion"));
    if (start == nullptr || count == nullptr) {
        return found;
    }
    found.present = true;
    // Of the library alone, so also when the driver does not start.
    if (version == nullptr || version(&found.version) != 0) {
        found.version = 0;
    }
    found.startCode = start(0);
    if (found.startCode == 0) {
        found.startCode = count(&found.devices);
    }
    return found;
}

}  // namespace

const CudaDriver& cudaDriver() {
    static const CudaDriver driver = askDriver();
    return driver;
}

Status checkDriver(const CudaDriver& driver, int major) {
    if (!driver.present) {
        return unavailable("there is no NVIDIA GPU here, or no driver for it");
    }
    if (driver.startCode == kDriverMismatch || driver.startCode == kNotCompatible) {
        return Error{ErrorCode::environment,
                     "the NVIDIA driver's library and its kernel module are of different versions",
                     "cuda",
                     "Restart the machine, which an update of the driver needs, or install the "
                     "driver again"};
    }
    if (driver.startCode != 0 && driver.startCode != kNoDevice) {
        return unavailable("the NVIDIA driver does not start (error " +
                           std::to_string(driver.startCode) + ")");
    }
    if (driver.devices == 0) {
        return unavailable("the driver reports no NVIDIA GPU");
    }
    if (driver.version != 0 && driver.version / 1000 < major) {
        return Error{ErrorCode::environment,
                     "the NVIDIA driver is too old: it supports CUDA " +
                         versionText(driver.version) + ", and this program needs " +
                         std::to_string(major) + ".0",
                     "cuda", "Install a newer NVIDIA driver" + kOnCpu};
    }
    return {};
}

}  // namespace understudy::training
