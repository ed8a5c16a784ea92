#include "training/telemetry/visible_gpus.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace understudy::training {
namespace {

std::string trimmed(const std::string& text) {
    const size_t first = text.find_first_not_of(' ');
    return first == std::string::npos ? ""
                                      : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool isNamed(const Nvml::Gpu& gpu, const std::string& name) {
    return name == std::to_string(gpu.index) ||
           (name.starts_with("GPU-") && gpu.uuid.starts_with(name));
}

}  // namespace

std::vector<Nvml::Gpu> visibleGpus(std::vector<Nvml::Gpu> gpus,
                                   const std::optional<std::string>& visible) {
    if (!visible) {
        return gpus;
    }
    std::set<int> named;
    std::istringstream names(*visible);
    for (std::string name; std::getline(names, name, ',');) {
        const auto fits = [name = trimmed(name)](const auto& gpu) { return isNamed(gpu, name); };
        if (std::count_if(gpus.begin(), gpus.end(), fits) != 1) {
            break;
        }
        named.insert(std::find_if(gpus.begin(), gpus.end(), fits)->index);
    }
    std::erase_if(gpus, [&](const auto& gpu) { return !named.contains(gpu.index); });
    return gpus;
}

}  // namespace understudy::training
