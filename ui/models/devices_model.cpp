// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/devices_model.h"

#include <algorithm>
#include <filesystem>

#include "media/base/joined.h"
#include "media/base/paths.h"
#include "training/client/machine_settings.h"
#include "ui/models/devices.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

namespace fs = std::filesystem;

constexpr double kLive = 3;    // seconds for which numbers count as live
constexpr int kAskEvery = 15;  // seconds: jobs of other projects use devices too
constexpr int kLookAtDiskEvery = 10;
constexpr const char* kReserved = "devices.reserved";

// As the service would list them, as far as it is known without one.
std::vector<DeviceState> withoutService() {
    std::vector<DeviceState> states;
    for (const Device& device : findDevices()) {
        DeviceState state;
        state.info.id = device.id == QStringLiteral("cpu") ? "cpu" : utf8(device.id);
        state.info.index = state.isGpu() ? static_cast<int>(states.size()) : -1;
        state.info.name = utf8(device.name);
        states.push_back(state);
    }
    return states;
}

bool sameDevices(const std::vector<DeviceState>& a, const std::vector<DeviceState>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const DeviceState& one, const DeviceState& other) {
                          return one.info.id == other.info.id &&
                                 one.info.index == other.info.index &&
                                 one.info.name == other.info.name;
                      });
}

// Into the user's own file, which is the last.
Status writeReservation(const training::DeviceInfo& device, bool on) {
    const std::vector<fs::path> files = siteSettingsFiles();
    US_ASSIGN(training::MachineSettings settings, training::readMachineSettings(files));
    auto& list = settings.reserved;
    std::erase_if(list, [&](const std::string& entry) {
        training::MachineSettings one;
        one.reserved = {entry};
        return one.reserves(device.index, device.id);
    });
    if (on) {
        list.push_back(device.id);
    }
    US_TRY(training::writeMachineSetting(files.back(), kReserved, joined(list, ",")));
    US_ASSIGN(settings, training::readMachineSettings(files));
    if (settings.reserves(device.index, device.id) != on) {
        return Error{ErrorCode::usage, "the site keeps this GPU for the viewport",
                     files.front().string(), "Ask whoever looks after this machine"};
    }
    return {};
}

}  // namespace

QString DeviceState::planName() const {
    return isGpu() ? QStringLiteral("cuda:%1").arg(info.index) : QStringLiteral("cpu");
}

QString DeviceState::title() const {
    return isGpu() ? DevicesModel::tr("GPU %1").arg(info.index) : DevicesModel::tr("CPU");
}

DevicesModel::DevicesModel(ProjectSession* session, JobsModel* jobs, QObject* parent)
    : QObject(parent), session_(session), jobs_(jobs), devices_(withoutService()) {
    JobGateway* gateway = jobs_->gateway();
    connect(gateway, &JobGateway::received, this, [this](const training::Message& event) {
        if (const auto* sample = std::get_if<training::TelemetrySampled>(&event)) {
            takeTelemetry(*sample);
        }
    });
    connect(gateway, &JobGateway::stateChanged, this, &DevicesModel::ask);
    connect(jobs_, &JobsModel::changed, this, &DevicesModel::askWhenUsersChange);
    connect(session_, &ProjectSession::opened, this, &DevicesModel::lookAtDisk);
    timer_.setInterval(1000);
    connect(&timer_, &QTimer::timeout, this, [this] {
        ++seconds_;
        if (seconds_ % kAskEvery == 0) {
            ask();
        }
        if (seconds_ % kLookAtDiskEvery == 0) {
            lookAtDisk();
        }
        if (age()) {
            Q_EMIT changed();  // it is older now
        }
    });
}

std::optional<double> DevicesModel::age() const {
    if (!heard_.isValid()) {
        return std::nullopt;
    }
    const double seconds = static_cast<double>(heard_.elapsed()) / 1000;
    return seconds > kLive ? std::optional(seconds) : std::nullopt;
}

QString DevicesModel::userText(const std::string& job) const {
    const JobState* state = jobs_->find(job);
    return state != nullptr ? text(state->info.title) : tr("another project's %1").arg(text(job));
}

void DevicesModel::setWatching(const QObject* who, bool on) {
    const bool before = !watchers_.empty();
    if (on) {
        watchers_.insert(who);
    } else {
        watchers_.erase(who);
    }
    const bool now = !watchers_.empty();
    if (before == now) {
        return;
    }
    jobs_->gateway()->watchTelemetry(now);
    if (now) {
        timer_.start();
        ask();
        lookAtDisk();
    } else {
        timer_.stop();
    }
}

void DevicesModel::ask() {
    if (watchers_.empty() || jobs_->gateway()->state() != JobGateway::State::ready) {
        return;
    }
    QPointer<DevicesModel> guard(this);
    jobs_->gateway()->listDevices([guard](const Result<training::DevicesListed>& list) {
        if (guard && list.ok()) {  // without an answer the numbers grow old, which is told
            guard->take(*list);
        }
    });
}

void DevicesModel::take(const training::DevicesListed& list) {
    if (list.devices.empty()) {
        return;  // there is a CPU at least
    }
    std::vector<DeviceState> states;
    for (const auto& info : list.devices) {
        DeviceState state;
        state.info = info;
        states.push_back(state);
    }
    // One that is gone is told of, not forgotten.
    for (const DeviceState& before : devices_) {
        const bool there = std::any_of(states.begin(), states.end(), [&](const DeviceState& now) {
            return now.info.id == before.info.id;
        });
        if (known_ && before.isGpu() && !there) {
            DeviceState gone = before;
            gone.vanished = true;
            gone.load.reset();
            const auto place = std::find_if(states.begin(), states.end(), [&](const auto& state) {
                return !state.isGpu() || state.info.index > gone.info.index;
            });
            states.insert(place, gone);
        }
    }
    const bool others = !sameDevices(states, devices_);
    known_ = true;
    devices_ = std::move(states);
    if (others) {
        Q_EMIT listChanged();
    }
    takeTelemetry(list.telemetry);
}

void DevicesModel::takeTelemetry(const training::TelemetrySampled& sample) {
    telemetry_ = sample;
    heard_.start();
    for (DeviceState& state : devices_) {
        const auto load =
            std::find_if(sample.gpus.begin(), sample.gpus.end(),
                         [&](const training::GpuLoad& each) { return each.id == state.info.id; });
        state.load = load == sample.gpus.end() ? std::nullopt : std::optional(*load);
        state.vanished = known_ && state.isGpu() && !state.load;
    }
    Q_EMIT changed();
}

// Jobs that begin and end take devices and give them back.
void DevicesModel::askWhenUsersChange() {
    std::string users;
    for (const JobState& job : jobs_->jobs()) {
        users += job.running() ? job.info.job + joined(job.info.devices, ",") + ' ' : "";
    }
    if (std::exchange(users_, users) != users) {
        ask();
    }
}

void DevicesModel::lookAtDisk() {
    if (watchers_.empty() || !session_->isOpen()) {
        return;
    }
    runInBackground(
        this,
        [folder = session_->folderPath()]() -> std::optional<DiskRoom> {
            std::error_code failed;
            const auto space = fs::space(folder, failed);
            if (failed || space.capacity == 0) {
                return std::nullopt;
            }
            const auto settings = training::readMachineSettings(siteSettingsFiles());
            const double warn =
                settings.ok() ? settings->warnGiB : training::MachineSettings().warnGiB;
            DiskRoom room;
            room.free = static_cast<double>(space.available);
            room.total = static_cast<double>(space.capacity);
            room.low = room.free < warn * (1 << 30);
            return room;
        },
        [this](std::optional<DiskRoom> room) {
            disk_ = room;
            Q_EMIT changed();
        });
}

void DevicesModel::reserve(const std::string& id, bool on, std::function<void()> done) {
    const auto device = std::find_if(devices_.begin(), devices_.end(),
                                     [&](const DeviceState& state) { return state.info.id == id; });
    if (device == devices_.end() || !device->isGpu()) {
        return;
    }
    runInBackground(
        this, [info = device->info, on] { return writeReservation(info, on); },
        [this, done = std::move(done)](const Status& status) {
            if (!status.ok()) {
                Q_EMIT reserveFailed(status.error());
            } else if (done) {
                done();
            }
            ask();  // the service reads it when it looks
        });
}

}  // namespace understudy::ui
