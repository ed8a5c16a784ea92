// SPDX-License-Identifier: GPL-3.0-or-later
// What the window needs of the service, as an interface: the real one is a connection
// (service_gateway.h), tests put their own in its place.
#pragma once

#include <QObject>
#include <functional>
#include <vector>

#include "media/base/result.h"
#include "training/protocol/messages.h"

namespace understudy::ui {

enum class JobAction { stop, pause, resume, checkpoint, preview };

class JobGateway : public QObject {
    Q_OBJECT
  public:
    enum class State { starting, ready, lost };

    using QObject::QObject;
    // Called once, never from within the request itself.
    using Answer = std::function<void(const Status&)>;

    virtual State state() const = 0;
    virtual int attempts() const { return 0; }      // of connecting again
    virtual QString problem() const { return {}; }  // why the service cannot be reached, if known
    // Begins to connect; starts the service if there is none.
    virtual void begin() = 0;
    virtual void start(training::StartJob job, Answer answer) = 0;
    virtual void act(JobAction action, const std::string& job, Answer answer) = 0;
    // Of one that waits: its place, its priority, what it waits for.
    virtual void change(training::ChangeJob change, Answer answer) = 0;
    // What a training may change after it began, as for --set. The answer says whether it is
    // allowed; what became of it is received as SettingsChanged.
    virtual void changeSettings(const std::string& job, std::vector<std::string> settings,
                                const std::string& reason, Answer answer) = 0;
    // The devices of the service's machine; called once, never from within the request itself.
    using Devices = std::function<void(const Result<training::DevicesListed>&)>;
    virtual void listDevices(Devices answer) = 0;
    // TelemetrySampled is received once a second from now on, or no more.
    virtual void watchTelemetry(bool on) = 0;

  Q_SIGNALS:
    void stateChanged();
    // After each connection: all jobs there are; replaces what was known.
    void listed(const std::vector<understudy::training::JobInfo>& jobs);
    void received(const understudy::training::Message& event);
};

}  // namespace understudy::ui
