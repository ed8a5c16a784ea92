#include "training/service/machine_watch.h"

#include <QDateTime>
#include <algorithm>
#include <set>
#include <thread>

#include "media/base/log.h"
#include "media/base/paths.h"

namespace understudy::training {
namespace {

constexpr int kPatience = 5000;  // ms that a driver or a disk may take to answer
constexpr double kGibibyte = 1u << 30;

bool hangs(const QElapsedTimer& asked) {
    return asked.isValid() && asked.hasExpired(kPatience);
}

int64_t minusOr(uint64_t total, std::optional<uint64_t> used) {
    return static_cast<int64_t>(used && *used <= total ? total - *used : 0);
}

GpuLoad loadOf(const MachineSample::Gpu& seen) {
    const auto& load = seen.load;
    std::optional<int64_t> used;
    if (load.memoryUsed) {
        used = static_cast<int64_t>(*load.memoryUsed);
    }
    return {seen.gpu.uuid,  seen.gpu.index, static_cast<int64_t>(seen.gpu.memoryBytes),
            load.busy,      used,           load.watts,
            load.wattLimit, load.celsius,   load.throttling};
}

}  // namespace

MachineWatch::MachineWatch(const ServiceOptions& options,
                           std::function<std::vector<DiskUse>()> uses)
    : sampler_(std::make_shared<MachineSampler>(options.nvmlLibrary, options.proc)),
      uses_(std::move(uses)),
      settingsFiles_(siteSettingsFiles()) {
    timer_.setInterval(std::max(1, static_cast<int>(options.lookSeconds * 1000)));
    connect(&timer_, &QTimer::timeout, this, &MachineWatch::lookNow);
    readSettings();
}

void MachineWatch::setLooking(bool looking) {
    if (!looking) {
        timer_.stop();
    } else if (!timer_.isActive()) {
        timer_.start();
        lookNow();
    }
}

bool MachineWatch::isRecent() {
    if (sampled_.isValid() && !sampled_.hasExpired(2 * timer_.interval())) {
        return true;
    }
    if (!hangs(asksSince_)) {
        lookNow();
        return false;
    }
    return true;
}

void MachineWatch::lookNow() {
    readSettings();
    auto sample = std::make_shared<MachineSample>();
    const bool asked =
        machineThread_.run([sample, sampler = sampler_] { *sample = sampler->sample(); },
                           [this, sample] { takeMachine(std::move(*sample)); });
    if (asked) {
        asksSince_.start();
    } else if (hangs(asksSince_)) {
        Q_EMIT looked();  // with what was seen before
    }
    auto readings = std::make_shared<std::vector<DiskReading>>();
    if (diskThread_.run([readings, uses = uses_()] { *readings = readDisks(uses); },
                        [this, readings] { takeDisks(std::move(*readings)); })) {
        disksAskedSince_.start();
    }
}

void MachineWatch::readSettings() {
    const auto settings = readMachineSettings(settingsFiles_);
    const std::string error = settings.ok() ? "" : describe(settings.error());
    if (!error.empty() && error != settingsError_) {
        logWarning("the settings of before are used: " + error);
    }
    settingsError_ = error;
    if (settings.ok() && !(*settings == settings_)) {
        settings_ = *settings;
        describeMachine();
        Q_EMIT settingsChanged();
    }
}

void MachineWatch::takeMachine(MachineSample sample) {
    sample_ = std::move(sample);
    sampledAt_ = static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
    sampled_.start();
    asksSince_.invalidate();
    describeMachine();
    Q_EMIT looked();
    machineSeen_ = true;
    endLook();
}

void MachineWatch::endLook() {
    if ((machineSeen_ || hangs(asksSince_)) && (disksSeen_ || hangs(disksAskedSince_))) {
        machineSeen_ = disksSeen_ = false;
        Q_EMIT lookedAtAll();
    }
}

void MachineWatch::describeMachine() {
    machine_ = {};
    for (const auto& [gpu, load] : sample_.gpus) {
        Machine::Gpu seen{gpu.uuid,        gpu.index,    gpu.name,
                          gpu.memoryBytes, std::nullopt, settings_.reserves(gpu.index, gpu.uuid)};
        if (load.memoryUsed) {
            seen.memoryFree = static_cast<uint64_t>(minusOr(gpu.memoryBytes, load.memoryUsed));
        }
        machine_.gpus.push_back(std::move(seen));
    }
    if (sample_.memory) {
        machine_.memoryAvailable = sample_.memory->available;
    }
}

void MachineWatch::takeDisks(std::vector<DiskReading> readings) {
    readings_ = std::move(readings);
    const DiskLimits limits{static_cast<uint64_t>(settings_.warnGiB * kGibibyte),
                            static_cast<uint64_t>(settings_.pauseGiB * kGibibyte)};
    for (const DiskAction& action : disks_.look(readings_, limits)) {
        Q_EMIT diskAction(action);
    }
    disksAskedSince_.invalidate();
    disksSeen_ = true;
    endLook();
}

TelemetrySampled MachineWatch::telemetry() const {
    TelemetrySampled telemetry;
    telemetry.time = sampledAt_;
    for (const auto& gpu : sample_.gpus) {
        telemetry.gpus.push_back(loadOf(gpu));
    }
    telemetry.cpu = sample_.cpu;
    if (sample_.memory) {
        telemetry.memoryTotal = static_cast<int64_t>(sample_.memory->total);
        telemetry.memoryAvailable = static_cast<int64_t>(sample_.memory->available);
    }
    std::set<uint64_t> told;
    for (const DiskReading& reading : readings_) {
        if (told.insert(reading.disk.disk).second) {
            // What is low for one of its jobs is low.
            const bool low =
                std::any_of(readings_.begin(), readings_.end(), [&](const auto& other) {
                    return other.disk.disk == reading.disk.disk && disks_.isLow(other);
                });
            telemetry.disks.push_back({reading.use.folder.string(),
                                       static_cast<int64_t>(reading.disk.free),
                                       static_cast<int64_t>(reading.disk.total), low});
        }
    }
    return telemetry;
}

std::vector<DeviceInfo> MachineWatch::devices() const {
    std::vector<DeviceInfo> devices;
    for (const auto& gpu : machine_.gpus) {
        devices.push_back({gpu.uuid,
                           gpu.index,
                           gpu.name,
                           static_cast<int64_t>(gpu.memoryTotal),
                           gpu.reserved,
                           {}});
    }
    DeviceInfo cpu;
    cpu.id = "cpu";
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    cpu.name = "CPU, " + std::to_string(cores) + (cores == 1 ? " core" : " cores");
    cpu.memoryTotal = sample_.memory ? static_cast<int64_t>(sample_.memory->total) : 0;
    devices.push_back(std::move(cpu));
    return devices;
}

}  // namespace understudy::training
