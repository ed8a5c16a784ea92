// status, service: the service itself and its jobs.
#include <signal.h>

#include <QEventLoop>
#include <QTimer>
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/cli/devices_report.h"
#include "app/cli/job_list.h"
#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/service_state.h"
#include "app/cli/verbs.h"
#include "media/base/file.h"
#include "media/base/paths.h"
#include "training/client/json_log.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"

namespace understudy::cli {
namespace {

using training::JobInfo;
using training::ServiceClient;

constexpr double kStopLimit = 600;
constexpr int kLookEvery = 50;  // ms

Json serviceState(bool running) {
    return {{"running", running},
            {"pid", running ? servicePid() : Json()},
            {"socket", training::socketPath().string()},
            {"log", training::serviceLog().string()}};
}

void list(ServiceClient& client, const Done& done) {
    client.listJobs([done](Result<std::vector<JobInfo>> jobs) {
        done(jobs.ok() ? Result<Json>(jobsToJson(*jobs, true)) : jobs.error());
    });
}

// For a service of another version, which understands signals at least. It saves and ends.
Result<Json> stopBySignal(const Error& reason) {
    const Json pid = servicePid();
    const int64_t number = pid.is_number() ? pid.get<int64_t>() : 0;
    std::error_code failed;
    const auto program =
        std::filesystem::read_symlink("/proc/" + std::to_string(number) + "/exe", failed);
    // The name has an appendix where the program was replaced by a newer one meanwhile.
    if (number <= 1 || failed || !program.filename().string().starts_with("understudyd") ||
        ::kill(static_cast<pid_t>(number), SIGTERM) != 0) {
        return reason;
    }
    ensureEventLoop();
    QEventLoop loop;
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (servicePid() != pid) {
            loop.quit();
        }
    });
    look.start(kLookEvery);
    QTimer::singleShot(static_cast<int>(kStopLimit * 1000), &loop, &QEventLoop::quit);
    loop.exec();
    return servicePid() == pid ? Result<Json>(reason) : serviceState(false);
}

// An older service, which does not know them, has none to tell of.
void listWithDevices(ServiceClient& client, const Done& done) {
    list(client, [&client, done](Result<Json> jobs) {
        if (!jobs.ok()) {
            done(jobs.error());
            return;
        }
        client.listDevices([done, all = *jobs](Result<training::DevicesListed> devices) mutable {
            if (devices.ok()) {
                const Json told = Json::parse(training::devicesToJson(*devices), nullptr, false);
                all["devices"] = told["devices"];
                all["telemetry"] = told["telemetry"];
            }
            done(all);
        });
    });
}

Result<Json> status() {
    const auto answer = askService(false, listWithDevices);
    if (!answer.ok() && !isAbsent(answer)) {
        return answer;
    }
    const Json told = answer.ok() ? *answer : Json::object();
    return Json{{"service", serviceState(answer.ok())},
                {"jobs", told.value("jobs", Json::array())},
                {"devices", told.value("devices", Json::array())},
                {"telemetry", told.value("telemetry", Json())}};
}

void printService(const Json& service) {
    if (service["running"].get<bool>()) {
        std::cout << "The service runs as process " << service["pid"] << '\n';
    } else {
        std::cout << "The service does not run\n";
    }
}

Result<Json> startService() {
    const auto answer =
        askService(true, [](ServiceClient&, const Done& done) { done(Json::object()); });
    if (!answer.ok()) {
        return answer;
    }
    return serviceState(true);
}

Result<Json> stopService() {
    const auto answer = askService(
        false,
        [](ServiceClient& client, const Done& done) {
            // It has ended when the connection has.
            QObject::connect(&client, &ServiceClient::connectionChanged, &client,
                             [done](ServiceClient::State state) {
                                 if (state == ServiceClient::State::disconnected) {
                                     done(Json::object());
                                 }
                             });
            client.stopService([done](Result<std::string> job) {
                if (!job.ok()) {
                    done(job.error());
                }
            });
        },
        kStopLimit);
    if (!answer.ok() && !isAbsent(answer)) {
        return answer.error().code == ErrorCode::environment ? stopBySignal(answer.error())
                                                             : answer;
    }
    return serviceState(false);
}

}  // namespace

Json servicePid() {
    const auto holder = readFile(stateFolder() / "service.lock", 64);
    const auto held = FileLock::acquire(stateFolder() / "service.lock");
    const Json pid = holder.ok() ? Json::parse(*holder, nullptr, false) : Json();
    return !held.ok() && pid.is_number() ? pid : Json();
}

bool isAbsent(const Result<Json>& answer) {
    return !answer.ok() && answer.error().code == ErrorCode::environment && servicePid().is_null();
}

void addServiceVerbs(CommandLine& line) {
    line.onParsed(line.app.add_subcommand("status", "The service and its jobs"), "status", status,
                  [](const Json& result) {
                      printService(result["service"]);
                      printDevices(result);
                      printJobs(result);
                  });

    auto* service = line.app.add_subcommand("service", "The background service itself");
    service->require_subcommand(1);
    line.onParsed(service->add_subcommand("start", "Start it, if it does not run"), "service start",
                  startService, printService);
    line.onParsed(service->add_subcommand("stop", "Let all jobs save, then end it"), "service stop",
                  stopService, printService);
    line.onParsed(
        service->add_subcommand("status", "Whether it runs"), "service status",
        [] {
            return Result<Json>(serviceState(!isAbsent(askService(
                false, [](ServiceClient&, const Done& done) { done(Json::object()); }))));
        },
        printService);
}

}  // namespace understudy::cli
