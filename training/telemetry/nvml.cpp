#include "training/telemetry/nvml.h"

#include <dlfcn.h>

#include <array>
#include <cstdio>

namespace understudy::training {

namespace {

constexpr size_t kText = 96;  // NVML's names are no longer

struct Memory {  // nvmlMemory_t
    unsigned long long total, free, used;
};

struct Utilization {  // nvmlUtilization_t, in percent
    unsigned gpu, memory;
};

constexpr int kGpuSensor = 0;  // NVML_TEMPERATURE_GPU

// nvmlClocksThrottleReason*, less those that say how the GPU was set or that it is idle.
constexpr struct {
    unsigned long long bits;
    const char* words;
} kThrottling[] = {
    {0x04, "power limit"}, {0x60, "heat"}, {0x80, "power supply"}, {0x08, "hardware"}};

template <class Function>
bool find(void* handle, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    return function != nullptr;
}

}  // namespace

// Prototypes of nvml.h, which machines without a GPU do not have. 0 is success everywhere.
struct Nvml::Library {
    void* handle = nullptr;
    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    int (*driver)(char*, unsigned) = nullptr;
    int (*count)(unsigned*) = nullptr;
    int (*byIndex)(unsigned, void**) = nullptr;
    int (*byUuid)(const char*, void**) = nullptr;
    int (*uuid)(void*, char*, unsigned) = nullptr;
    int (*name)(void*, char*, unsigned) = nullptr;
    int (*memory)(void*, Memory*) = nullptr;
    // Older libraries lack some of these.
    int (*energy)(void*, unsigned long long*) = nullptr;  // millijoules
    int (*utilization)(void*, Utilization*) = nullptr;
    int (*power)(void*, unsigned*) = nullptr;       // milliwatts
    int (*powerLimit)(void*, unsigned*) = nullptr;  // likewise
    int (*temperature)(void*, int, unsigned*) = nullptr;
    int (*throttling)(void*, unsigned long long*) = nullptr;
    bool ready = false;

    explicit Library(const std::string& path)
        : handle(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
        ready = handle != nullptr && find(handle, "nvmlInit_v2", init) &&
                find(handle, "nvmlShutdown", shutdown) &&
                find(handle, "nvmlSystemGetDriverVersion", driver) &&
                find(handle, "nvmlDeviceGetCount_v2", count) &&
                find(handle, "nvmlDeviceGetHandleByIndex_v2", byIndex) &&
                find(handle, "nvmlDeviceGetHandleByUUID", byUuid) &&
                find(handle, "nvmlDeviceGetUUID", uuid) &&
                find(handle, "nvmlDeviceGetName", name) &&
                find(handle, "nvmlDeviceGetMemoryInfo", memory) && init() == 0;
        if (ready) {
            find(handle, "nvmlDeviceGetTotalEnergyConsumption", energy);
            find(handle, "nvmlDeviceGetUtilizationRates", utilization);
            find(handle, "nvmlDeviceGetPowerUsage", power);
            find(handle, "nvmlDeviceGetEnforcedPowerLimit", powerLimit);
            find(handle, "nvmlDeviceGetTemperature", temperature);
            find(handle, "nvmlDeviceGetCurrentClocksThrottleReasons", throttling);
        }
    }
    ~Library() {
        if (ready) {
            shutdown();
        }
        if (handle != nullptr) {
            ::dlclose(handle);
        }
    }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
};

std::optional<Nvml> Nvml::load(const std::string& library) {
    auto loaded = std::make_shared<const Library>(library);
    return loaded->ready ? std::optional(Nvml(std::move(loaded))) : std::nullopt;
}

std::string Nvml::driverVersion() const {
    std::array<char, kText> text{};
    return library_->driver(text.data(), kText) == 0 ? text.data() : "";
}

std::vector<Nvml::Gpu> Nvml::gpus() const {
    std::vector<Gpu> gpus;
    unsigned count = 0;
    if (library_->count(&count) != 0) {
        return gpus;
    }
    for (unsigned i = 0; i < count; ++i) {
        void* device = nullptr;
        std::array<char, kText> uuid{}, name{};
        Memory memory{};
        if (library_->byIndex(i, &device) == 0 && library_->uuid(device, uuid.data(), kText) == 0 &&
            library_->name(device, name.data(), kText) == 0 &&
            library_->memory(device, &memory) == 0) {
            gpus.push_back({uuid.data(), name.data(), memory.total, static_cast<int>(i)});
        }
    }
    return gpus;
}

Nvml::Load Nvml::loadOf(const std::string& uuid) const {
    Load load;
    void* device = nullptr;
    if (library_->byUuid(uuid.c_str(), &device) != 0) {
        return load;
    }
    Memory memory{};
    if (library_->memory(device, &memory) == 0) {
        load.memoryUsed = memory.used;
    }
    Utilization utilization{};
    if (library_->utilization != nullptr && library_->utilization(device, &utilization) == 0) {
        load.busy = utilization.gpu / 100.0;
    }
    unsigned number = 0;
    if (library_->power != nullptr && library_->power(device, &number) == 0) {
        load.watts = number / 1000.0;
    }
    if (library_->powerLimit != nullptr && library_->powerLimit(device, &number) == 0) {
        load.wattLimit = number / 1000.0;
    }
    if (library_->temperature != nullptr &&
        library_->temperature(device, kGpuSensor, &number) == 0) {
        load.celsius = number;
    }
    unsigned long long reasons = 0;
    if (library_->throttling != nullptr && library_->throttling(device, &reasons) == 0) {
        for (const auto& [bits, words] : kThrottling) {
            if ((reasons & bits) != 0) {
                load.throttling.emplace_back(words);
            }
        }
    }
    return load;
}

std::optional<double> Nvml::joules(const std::string& uuid) const {
    void* device = nullptr;
    unsigned long long millijoules = 0;
    if (library_->energy == nullptr || library_->byUuid(uuid.c_str(), &device) != 0 ||
        library_->energy(device, &millijoules) != 0) {
        return std::nullopt;
    }
    return static_cast<double>(millijoules) / 1000;
}

std::vector<std::string> cudaUuids(const std::string& library) {
    std::vector<std::string> uuids;
    // Stays loaded, as CUDA itself wants it.
    void* driver = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    int (*init)(unsigned) = nullptr;
    int (*count)(int*) = nullptr;
    int (*device)(int*, int) = nullptr;
    int (*uuid)(unsigned char*, int) = nullptr;
    int found = 0;
    if (driver == nullptr || !find(driver, "cuInit", init) ||
        !find(driver, "cuDeviceGetCount", count) || !find(driver, "cuDeviceGet", device) ||
        !(find(driver, "cuDeviceGetUuid_v2", uuid) || find(driver, "cuDeviceGetUuid", uuid)) ||
        init(0) != 0 || count(&found) != 0) {
        return uuids;
    }
    for (int i = 0; i < found; ++i) {
        int handle = 0;
        std::array<unsigned char, 16> bytes{};
        std::string text = "GPU-";
        if (device(&handle, i) != 0 || uuid(bytes.data(), handle) != 0) {
            return {};
        }
        for (size_t k = 0; k < bytes.size(); ++k) {
            std::array<char, 4> hex{};
            std::snprintf(hex.data(), hex.size(), "%02x", bytes[k]);
            text.append(k == 4 || k == 6 || k == 8 || k == 10 ? "-" : "").append(hex.data());
        }
        uuids.push_back(text);
    }
    return uuids;
}

}  // namespace understudy::training
