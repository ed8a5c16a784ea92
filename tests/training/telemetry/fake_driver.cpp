// A driver and its management library with two GPUs, whose numbers are the other way round, for
// tests on machines that have none. The first of NVML's has taken $FAKE_MILLIJOULES since it was
// loaded, the other one twice as much. The driver starts with $FAKE_CUDA_START and supports CUDA
// $FAKE_CUDA_VERSION. The file $FAKE_GPUS, read at each question, has a line for each GPU:
//   bytes of memory in use, percent of load, milliwatts, degrees Celsius, throttle reasons
// Without the file, or a line in it, the driver does not tell these. The first of NVML's has
// $FAKE_GPU_MEMORY bytes, the other one twice as many.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>

namespace {

const char* const kUuids[] = {"GPU-00000000-0000-0000-0000-000000000001",
                              "GPU-00000000-0000-0000-0000-000000000002"};
int devices[2];

size_t numberOf(const void* device) {
    return static_cast<size_t>(static_cast<const int*>(device) - devices);
}

int numberIn(const char* variable, int otherwise) {
    const char* set = std::getenv(variable);
    return set != nullptr ? std::atoi(set) : otherwise;
}

struct State {
    unsigned long long used = 0, load = 0, milliwatts = 0, celsius = 0, reasons = 0;
};

std::optional<State> stateOf(const void* device) {
    const char* path = std::getenv("FAKE_GPUS");
    std::ifstream file(path != nullptr ? path : "");
    State state;
    for (size_t line = 0; line <= numberOf(device); ++line) {
        file >> state.used >> state.load >> state.milliwatts >> state.celsius >> state.reasons;
    }
    return file ? std::optional(state) : std::nullopt;
}

// 3: not supported.
int tell(const void* device, unsigned long long State::*field, unsigned* number) {
    const auto state = stateOf(device);
    *number = state ? static_cast<unsigned>((*state).*field) : 0;
    return state ? 0 : 3;
}

}  // namespace

extern "C" {

int nvmlInit_v2() {
    return 0;
}
int nvmlShutdown() {
    return 0;
}
int nvmlSystemGetDriverVersion(char* text, unsigned size) {
    std::strncpy(text, "580.1", size);
    return 0;
}
int nvmlDeviceGetCount_v2(unsigned* count) {
    *count = 2;
    return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
    *device = devices + index;
    return index < 2 ? 0 : 2;
}
int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
    for (int i = 0; i < 2; ++i) {
        if (std::strcmp(uuid, kUuids[i]) == 0) {
            *device = devices + i;
            return 0;
        }
    }
    return 6;
}
int nvmlDeviceGetUUID(void* device, char* text, unsigned size) {
    std::strncpy(text, kUuids[numberOf(device)], size);
    return 0;
}
int nvmlDeviceGetName(void* device, char* text, unsigned size) {
    std::strncpy(text, numberOf(device) == 0 ? "Small" : "Large", size);
    return 0;
}
int nvmlDeviceGetMemoryInfo(void* device, unsigned long long* memory) {
    const char* set = std::getenv("FAKE_GPU_MEMORY");
    memory[0] = set != nullptr ? std::strtoull(set, nullptr, 10) : 1000000000;
    memory[0] *= numberOf(device) + 1;
    const auto state = stateOf(device);
    memory[2] = state ? state->used : 0;
    memory[1] = memory[0] - memory[2];
    return 0;
}
int nvmlDeviceGetUtilizationRates(void* device, unsigned* rates) {
    rates[1] = 0;
    return tell(device, &State::load, rates);
}
int nvmlDeviceGetPowerUsage(void* device, unsigned* milliwatts) {
    return tell(device, &State::milliwatts, milliwatts);
}
int nvmlDeviceGetEnforcedPowerLimit(void*, unsigned* milliwatts) {
    *milliwatts = 700000;
    return 0;
}
int nvmlDeviceGetTemperature(void* device, int sensor, unsigned* celsius) {
    return sensor == 0 ? tell(device, &State::celsius, celsius) : 2;
}
int nvmlDeviceGetCurrentClocksThrottleReasons(void* device, unsigned long long* reasons) {
    const auto state = stateOf(device);
    *reasons = state ? state->reasons : 0;
    return state ? 0 : 3;
}
int nvmlDeviceGetTotalEnergyConsumption(void* device, unsigned long long* millijoules) {
    const char* set = std::getenv("FAKE_MILLIJOULES");
    if (set == nullptr) {
        return 3;  // not supported
    }
    *millijoules = std::strtoull(set, nullptr, 10) * (numberOf(device) + 1);
    return 0;
}

int cuInit(unsigned) {
    return numberIn("FAKE_CUDA_START", 0);
}
int cuDriverGetVersion(int* version) {
    *version = numberIn("FAKE_CUDA_VERSION", 13000);
    return 0;
}
int cuDeviceGetCount(int* count) {
    *count = 2;
    return 0;
}
int cuDeviceGet(int* device, int number) {
    *device = number;
    return 0;
}
int cuDeviceGetUuid_v2(unsigned char* bytes, int device) {
    std::memset(bytes, 0, 16);
    bytes[15] = device == 0 ? 2 : 1;  // CUDA's first is NVML's second
    return 0;
}
}
