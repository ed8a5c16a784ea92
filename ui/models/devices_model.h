// SPDX-License-Identifier: GPL-3.0-or-later
// The machine that trainings run on, as the service sees it: its devices, how busy they are, who
// uses them. Without a service only their names are known. Asked for while somebody looks.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "training/protocol/messages.h"
#include "ui/models/jobs_model.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

struct DeviceState {
    training::DeviceInfo info;
    std::optional<training::GpuLoad> load;  // of a GPU that tells
    bool vanished = false;                  // it was there, and no longer answers

    bool isGpu() const { return info.id != "cpu"; }
    QString planName() const;  // "cuda:0", "cpu": as a plan names it
    QString title() const;     // "GPU 0", "CPU"
};

struct DiskRoom {
    double free = 0;  // bytes
    double total = 0;
    bool low = false;
};

class DevicesModel : public QObject {
    Q_OBJECT
  public:
    DevicesModel(ProjectSession* session, JobsModel* jobs, QObject* parent = nullptr);

    // GPUs in the order of their numbers, then the CPU. Never empty.
    const std::vector<DeviceState>& devices() const { return devices_; }
    // Nothing before the service told.
    const std::optional<training::TelemetrySampled>& telemetry() const { return telemetry_; }
    // Seconds since the service last told, once that is too long ago to be called live.
    std::optional<double> age() const;
    // Of the disk that the open project lies on.
    const std::optional<DiskRoom>& disk() const { return disk_; }
    // "Train r02"; "another project's job-7".
    QString userText(const std::string& job) const;

    // While anybody watches, the service is asked.
    void setWatching(const QObject* who, bool on);
    // Keeps a GPU for the viewport, so that "auto" and "all" leave it alone, or gives it free.
    void reserve(const std::string& id, bool on, std::function<void()> done = {});

  Q_SIGNALS:
    void changed();                                      // any number
    void listChanged();                                  // other devices than before
    void reserveFailed(const understudy::Error& error);  // and the device is as it was

  private:
    void ask();
    void take(const training::DevicesListed& list);
    void takeTelemetry(const training::TelemetrySampled& sample);
    void askWhenUsersChange();
    void lookAtDisk();

    ProjectSession* session_;
    JobsModel* jobs_;
    std::vector<DeviceState> devices_;
    std::optional<training::TelemetrySampled> telemetry_;
    std::optional<DiskRoom> disk_;
    QElapsedTimer heard_;
    QTimer timer_;  // each second while somebody looks
    std::string users_;
    int seconds_ = 0;
    std::set<const QObject*> watchers_;
    bool known_ = false;  // the service has listed them
};

}  // namespace understudy::ui
