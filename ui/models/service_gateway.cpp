// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/service_gateway.h"

#include <utility>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

using training::ServiceClient;

ServiceClient::Answer answered(JobGateway::Answer answer) {
    return [answer = std::move(answer)](Result<std::string> job) {
        if (answer) {
            answer(job.ok() ? Status{} : Status{job.error()});
        }
    };
}

}  // namespace

ServiceGateway::ServiceGateway(QObject* parent) : JobGateway(parent), client_("understudy") {
    connect(&client_, &ServiceClient::connectionChanged, this,
            [this](ServiceClient::State state, int attempt) {
                attempts_ = attempt;
                if (state == ServiceClient::State::connected) {
                    state_ = State::ready;
                    wasReady_ = true;
                    problem_.clear();
                } else {
                    state_ = wasReady_ ? State::lost : State::starting;
                }
                Q_EMIT stateChanged();
                sendWaiting();
            });
    connect(&client_, &ServiceClient::connectionFailed, this, [this](const Error& error) {
        problem_ = errorText(error);
        state_ = State::lost;
        Q_EMIT stateChanged();
        sendWaiting();
    });
    connect(&client_, &ServiceClient::jobsListed, this, &ServiceGateway::listed);
    connect(&client_, &ServiceClient::jobChanged, this, [this](const training::JobInfo& info) {
        training::JobChanged event;
        event.info = info;
        Q_EMIT received(event);
    });
    const auto relay = [this](const auto& event) { Q_EMIT received(event); };
    connect(&client_, &ServiceClient::stepFinished, this, relay);
    connect(&client_, &ServiceClient::previewWritten, this, relay);
    connect(&client_, &ServiceClient::checkpointWritten, this, relay);
    connect(&client_, &ServiceClient::facesFound, this, relay);
    connect(&client_, &ServiceClient::warningRaised, this, relay);
    connect(&client_, &ServiceClient::jobFinished, this, relay);
    connect(&client_, &ServiceClient::settingsChanged, this, relay);
    connect(&client_, &ServiceClient::telemetrySampled, this, relay);
}

void ServiceGateway::begin() {
    client_.connectToService(true);
}

void ServiceGateway::start(training::StartJob job, Answer answer) {
    send([this, job = std::move(job), answer = std::move(answer)] {
        client_.startJob(job, answered(answer));
    });
}

void ServiceGateway::act(JobAction action, const std::string& job, Answer answer) {
    send([this, action, job, answer = std::move(answer)] {
        switch (action) {
            case JobAction::stop:
                return client_.stopJob(job, answered(answer));
            case JobAction::pause:
                return client_.pauseJob(job, answered(answer));
            case JobAction::resume:
                return client_.resumeJob(job, answered(answer));
            case JobAction::checkpoint:
                return client_.writeCheckpoint(job, answered(answer));
            case JobAction::preview:
                return client_.writePreview(job, answered(answer));
        }
    });
}

void ServiceGateway::change(training::ChangeJob change, Answer answer) {
    send([this, change = std::move(change), answer = std::move(answer)] {
        client_.changeJob(change, answered(answer));
    });
}

void ServiceGateway::changeSettings(const std::string& job, std::vector<std::string> settings,
                                    const std::string& reason, Answer answer) {
    send([this, job, settings = std::move(settings), reason, answer = std::move(answer)] {
        client_.changeSettings(job, settings, reason, answered(answer));
    });
}

void ServiceGateway::listDevices(Devices answer) {
    send([this, answer = std::move(answer)] { client_.listDevices(answer); });
}

void ServiceGateway::send(std::function<void()> request) {
    waiting_.push_back(std::move(request));
    sendWaiting();
}

// Once it is known whether there is a service: without one the client refuses what is asked.
void ServiceGateway::sendWaiting() {
    if (state_ != State::starting) {
        for (const auto& request : std::exchange(waiting_, {})) {
            request();
        }
    }
}

}  // namespace understudy::ui
