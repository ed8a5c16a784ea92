#include "training/telemetry/machine_sampler.h"

#include <cstdlib>
#include <thread>

#include "training/telemetry/visible_gpus.h"

namespace understudy::training {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLongAgo = std::chrono::seconds(5);
constexpr auto kMeasure = std::chrono::milliseconds(100);

}  // namespace

MachineSampler::MachineSampler(std::string nvmlLibrary, std::filesystem::path proc)
    : nvmlLibrary_(std::move(nvmlLibrary)),
      proc_(std::move(proc)),
      before_(readCpuTimes(proc_)),
      beforeAt_(Clock::now()) {
    if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) {
        visible_ = visible;
    }
}

MachineSample MachineSampler::sample() {
    MachineSample sample;
    if (!nvml_) {
        nvml_ = Nvml::load(nvmlLibrary_);  // a driver may be loaded later
    }
    if (nvml_) {
        for (Nvml::Gpu& gpu : visibleGpus(nvml_->gpus(), visible_)) {
            const Nvml::Load load = nvml_->loadOf(gpu.uuid);
            sample.gpus.push_back({std::move(gpu), load});
        }
    }
    sample.cpu = cpu();
    sample.memory = readMemory(proc_);
    return sample;
}

std::optional<double> MachineSampler::cpu() {
    if (!before_ || Clock::now() - beforeAt_ > kLongAgo) {
        before_ = readCpuTimes(proc_);
        std::this_thread::sleep_for(kMeasure);
    }
    const auto now = readCpuTimes(proc_);
    const auto load = before_ && now ? cpuLoad(*before_, *now) : std::nullopt;
    // Too soon after the last reading nothing was counted yet.
    if (load || !before_) {
        before_ = now;
        beforeAt_ = Clock::now();
    }
    return load;
}

}  // namespace understudy::training
