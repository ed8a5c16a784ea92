// SPDX-License-Identifier: GPL-3.0-or-later
// The gateway over a connection to the service. What is asked while the service is being started
// waits for it.
#pragma once

#include "training/client/service_client.h"
#include "ui/models/job_gateway.h"

namespace understudy::ui {

class ServiceGateway : public JobGateway {
    Q_OBJECT
  public:
    explicit ServiceGateway(QObject* parent = nullptr);

    State state() const override { return state_; }
    int attempts() const override { return attempts_; }
    QString problem() const override { return problem_; }
    void begin() override;
    void start(training::StartJob job, Answer answer) override;
    void act(JobAction action, const std::string& job, Answer answer) override;
    void change(training::ChangeJob change, Answer answer) override;
    void changeSettings(const std::string& job, std::vector<std::string> settings,
                        const std::string& reason, Answer answer) override;
    void listDevices(Devices answer) override;
    void watchTelemetry(bool on) override { client_.watchTelemetry(on); }

  private:
    void send(std::function<void()> request);
    void sendWaiting();

    training::ServiceClient client_;
    std::vector<std::function<void()>> waiting_;
    State state_ = State::starting;
    int attempts_ = 0;
    bool wasReady_ = false;
    QString problem_;
};

}  // namespace understudy::ui
