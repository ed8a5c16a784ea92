// Looks at the machine for the service: its devices and how busy they are, the disks of its jobs,
// what the user says of them. Once a second while somebody needs it, and never in the service's
// own thread, since drivers and network disks may hang.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "training/client/machine_settings.h"
#include "training/protocol/messages.h"
#include "training/service/disk_watch.h"
#include "training/service/schedule.h"
#include "training/service/service_options.h"
#include "training/service/side_thread.h"
#include "training/telemetry/machine_sampler.h"

namespace understudy::training {

class MachineWatch : public QObject {
    Q_OBJECT
  public:
    // `uses`: the folders that jobs write to, asked before each look at the disks.
    MachineWatch(const ServiceOptions& options, std::function<std::vector<DiskUse>()> uses);

    // Once now and then every second, or no more.
    void setLooking(bool looking);
    void lookNow();
    // Whether the last look is young enough to decide by; else another is on its way, and `looked`
    // comes. A driver that hangs is not waited for long.
    bool isRecent();

    const Machine& machine() const { return machine_; }
    const MachineSettings& settings() const { return settings_; }
    const DiskWatch& disks() const { return disks_; }
    TelemetrySampled telemetry() const;
    // GPUs, then the CPU; `jobs` is left empty.
    std::vector<DeviceInfo> devices() const;

  Q_SIGNALS:
    // At the devices: they can be decided by.
    void looked();
    // At the disks too, all since the same lookNow; one of the two that hangs is not waited for.
    void lookedAtAll();
    void diskAction(const understudy::training::DiskAction& action);
    void settingsChanged();

  private:
    void readSettings();
    void takeMachine(MachineSample sample);
    void takeDisks(std::vector<DiskReading> readings);
    void describeMachine();
    void endLook();

    std::shared_ptr<MachineSampler> sampler_;
    std::function<std::vector<DiskUse>()> uses_;
    std::vector<std::filesystem::path> settingsFiles_;
    MachineSettings settings_;
    std::string settingsError_;  // that was said
    MachineSample sample_;
    double sampledAt_ = 0;  // seconds since the epoch
    QElapsedTimer sampled_;
    QElapsedTimer asksSince_, disksAskedSince_;  // while there is no answer
    Machine machine_;
    DiskWatch disks_;
    std::vector<DiskReading> readings_;
    bool machineSeen_ = false, disksSeen_ = false;
    QTimer timer_;
    SideThread machineThread_, diskThread_;
};

}  // namespace understudy::training
