#include "training/engine/model/device.h"

#include <dlfcn.h>

#include <torch/cuda.h>
#include <torch/types.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "training/engine/model/cuda_driver.h"
#include "training/telemetry/nvml.h"

namespace understudy::training {

namespace {

constexpr const char* kRemedy =
    "Check the driver with nvidia-smi, or train on the CPU (devices=cpu)";

Error unavailable(const std::string& message, const std::string& where) {
    return {ErrorCode::deviceUnavailable, message, where, kRemedy};
}

constexpr const char* kUuid = "GPU-";

// "cuda:1" for a UUID; the UUID itself where there is no such GPU.
std::string numberOf(const std::string& uuid) {
    if (cudaDriver().devices == 0) {  // asked first, since it decides on the order
        return uuid;
    }
    const std::vector<std::string> all = cudaUuids();
    const auto found = std::find(all.begin(), all.end(), uuid);
    return found == all.end() ? uuid : "cuda:" + std::to_string(found - all.begin());
}

// The folder of the libtorch_cpu.so that this program runs with.
std::filesystem::path torchFolder() {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<void*>(&at::globalContext), &info) == 0 ||
        info.dli_fname == nullptr) {
        return {};
    }
    return std::filesystem::path(info.dli_fname).parent_path();
}

Status loadCuda() {
    US_TRY(checkDriver(cudaDriver(), US_TORCH_CUDA));
    const auto library = torchFolder() / "libtorch_cuda.so";
    if (::dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
        const char* reason = ::dlerror();
        return Error{ErrorCode::environment,
                     std::string("the CUDA half of LibTorch does not load: ") +
                         (reason != nullptr ? reason : "unknown reason"),
                     library.string(),
                     "Run installer/bootstrap with UNDERSTUDY_CUDA=1, which brings CUDA's "
                     "libraries, or train on the CPU (devices=cpu)"};
    }
    if (!torch::cuda::is_available()) {
        return unavailable("LibTorch finds no usable GPU", library.string());
    }
    return {};
}

}  // namespace

Status ensureCuda() {
    static const Status status = loadCuda();
    return status;
}

int cudaDeviceCount() {
    return ensureCuda().ok() ? static_cast<int>(torch::cuda::device_count()) : 0;
}

Result<torch::Device> openDevice(const std::string& name) {
    if (name == "cpu") {
        return torch::Device(torch::kCPU);
    }
    if (name.starts_with(kUuid)) {
        US_TRY(ensureCuda());
        return unavailable("there is no such GPU", name);
    }
    int index = 0;
    const std::string prefix = "cuda:";
    if (name.starts_with(prefix)) {
        const char* end = name.data() + name.size();
        const auto parsed = std::from_chars(name.data() + prefix.size(), end, index);
        if (parsed.ec != std::errc{} || parsed.ptr != end || index < 0) {
            return Error{ErrorCode::usage, "\"" + name + "\" is not a device", "devices",
                         "Use cpu, cuda:0, cuda:1 and so on"};
        }
    } else if (name != "cuda") {
        return Error{ErrorCode::usage, "\"" + name + "\" is not a device", "devices",
                     "Use cpu, cuda:0, cuda:1 and so on"};
    }
    US_TRY(ensureCuda());
    if (index >= cudaDeviceCount()) {
        return unavailable(
            "there are " + std::to_string(cudaDeviceCount()) + " GPUs, counted from 0", name);
    }
    return torch::Device(torch::kCUDA, static_cast<torch::DeviceIndex>(index));
}

std::vector<std::string> resolveDevices(const std::string& devices) {
    std::vector<std::string> list;
    if (devices == "auto" || devices == "all") {
        const int found = cudaDriver().devices;
        const int count = devices == "auto" ? std::min(found, 1) : found;
        for (int i = 0; i < count; ++i) {
            list.push_back("cuda:" + std::to_string(i));
        }
        if (list.empty()) {
            list.emplace_back("cpu");
        }
        return list;
    }
    size_t begin = 0;
    while (begin <= devices.size()) {
        const size_t end = std::min(devices.find(',', begin), devices.size());
        std::string entry = devices.substr(begin, end - begin);
        entry.erase(0, entry.find_first_not_of(' '));
        entry.erase(entry.find_last_not_of(' ') + 1);
        list.push_back(entry.starts_with(kUuid) ? numberOf(entry) : entry);
        begin = end + 1;
    }
    return list;
}

void setDeterminism(bool exact) {
    auto& context = at::globalContext();
    if (exact) {
        // Read by cuBLAS when its first handle is made.
        ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 1);
    }
    context.setDeterministicAlgorithms(exact, false);
    context.setDeterministicCuDNN(exact);
    context.setDeterministicMkldnn(exact);
    context.setBenchmarkCuDNN(!exact);
    // Filling fresh memory only helps to find bugs, and costs a pass over it.
    context.setDeterministicFillUninitializedMemory(false);
    // What computes in fp32 does so for a reason: the losses cancel nearly equal numbers.
    context.setAllowTF32CuDNN(false);
    context.setAllowTF32CuBLAS(false);
}

}  // namespace understudy::training
