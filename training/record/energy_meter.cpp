#include "training/record/energy_meter.h"

#include <charconv>
#include <set>
#include <system_error>

namespace understudy::training {

namespace {

std::optional<size_t> gpuNumber(const std::string& device) {
    const std::string prefix = "cuda:";
    size_t number = 0;
    const char* end = device.data() + device.size();
    if (device == "cuda") {
        return 0;
    }
    if (!device.starts_with(prefix)) {
        return std::nullopt;
    }
    const auto parsed = std::from_chars(device.data() + prefix.size(), end, number);
    return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

}  // namespace

EnergyMeter::EnergyMeter(const std::vector<std::string>& devices)
    : EnergyMeter(devices, "libnvidia-ml.so.1", "libcuda.so.1") {}

EnergyMeter::EnergyMeter(const std::vector<std::string>& devices, const std::string& nvml,
                         const std::string& cuda) {
    std::set<size_t> numbers;
    for (const std::string& device : devices) {
        const auto number = gpuNumber(device);
        if (!number) {
            return;
        }
        numbers.insert(*number);
    }
    if (numbers.size() < devices.size()) {
        return;  // some are those of other machines
    }
    nvml_ = Nvml::load(nvml);
    const std::vector<std::string> all = nvml_ ? cudaUuids(cuda) : std::vector<std::string>();
    for (const size_t number : numbers) {
        if (number >= all.size()) {
            uuids_.clear();
            return;
        }
        uuids_.push_back(all[number]);
    }
    start_ = total();
}

std::optional<double> EnergyMeter::total() const {
    double sum = 0;
    for (const std::string& uuid : uuids_) {
        const auto joules = nvml_->joules(uuid);
        if (!joules) {
            return std::nullopt;
        }
        sum += *joules;
    }
    return uuids_.empty() ? std::nullopt : std::optional(sum);
}

std::optional<double> EnergyMeter::joules() const {
    const auto now = start_ ? total() : std::nullopt;
    return now ? std::optional(*now - *start_) : std::nullopt;
}

}  // namespace understudy::training
