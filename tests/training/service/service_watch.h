// A client of the service under test that keeps all it hears.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <vector>

#include "tests/training/client/workplace.h"
#include "training/client/service_client.h"

namespace understudy::tests {

struct ServiceWatch {
    training::ServiceClient client{"test"};
    std::map<std::string, training::JobInfo> jobs;           // as last told
    std::map<std::string, std::vector<std::string>> states;  // without repetitions
    std::map<std::string, training::JobFinished> finished;
    std::vector<training::StepFinished> steps;
    std::vector<training::CheckpointWritten> checkpoints;
    std::vector<training::PreviewWritten> previews;
    std::vector<training::WarningRaised> warnings;
    std::vector<training::SettingsChanged> settings;

    ServiceWatch() {
        using training::ServiceClient;
        QObject::connect(&client, &ServiceClient::jobChanged, &client,
                         [this](const training::JobInfo& info) { take(info); });
        QObject::connect(&client, &ServiceClient::jobsListed, &client,
                         [this](const std::vector<training::JobInfo>& list) {
                             listed = true;
                             for (const auto& info : list) {
                                 take(info);
                             }
                         });
        QObject::connect(
            &client, &ServiceClient::jobFinished, &client,
            [this](const training::JobFinished& event) { finished[event.job] = event; });
        QObject::connect(&client, &ServiceClient::stepFinished, &client,
                         [this](const auto& event) { steps.push_back(event); });
        QObject::connect(&client, &ServiceClient::checkpointWritten, &client,
                         [this](const auto& event) { checkpoints.push_back(event); });
        QObject::connect(&client, &ServiceClient::previewWritten, &client,
                         [this](const auto& event) { previews.push_back(event); });
        QObject::connect(&client, &ServiceClient::warningRaised, &client,
                         [this](const auto& event) { warnings.push_back(event); });
        QObject::connect(&client, &ServiceClient::settingsChanged, &client,
                         [this](const auto& event) { settings.push_back(event); });
    }

    void connectNow(bool startIfAbsent = false) {
        client.connectToService(startIfAbsent);
        REQUIRE(pumpUntil([this] { return listed; }));
    }
    std::string start(const training::StartJob& job) {
        std::optional<Result<std::string>> answer;
        client.startJob(job, [&](auto how) { answer = how; });
        REQUIRE(pumpUntil([&] { return answer.has_value(); }));
        INFO((answer->ok() ? "" : answer->error().message));
        REQUIRE(answer->ok());
        return **answer;
    }
    // The error code of a request, or 0.
    int ask(const std::function<void(training::ServiceClient::Answer)>& request) {
        std::optional<Result<std::string>> answer;
        request([&](auto how) { answer = how; });
        REQUIRE(pumpUntil([&] { return answer.has_value(); }));
        return answer->ok() ? 0 : static_cast<int>(answer->error().code);
    }
    bool reaches(const std::string& job, const std::string& state, double limit = 30) {
        return pumpUntil([&] { return jobs.count(job) != 0 && jobs[job].state == state; }, limit);
    }

    bool listed = false;

  private:
    void take(const training::JobInfo& info) {
        jobs[info.job] = info;
        auto& seen = states[info.job];
        if (seen.empty() || seen.back() != info.state) {
            seen.push_back(info.state);
        }
    }
};

}  // namespace understudy::tests
