// The service's devices, telemetry and disks: who gets what, and who is told.
#include <algorithm>

#include "media/base/log.h"
#include "media/base/paths.h"
#include "training/plan/run_folder.h"
#include "training/protocol/job_state.h"
#include "training/service/service_private.h"

namespace understudy::training {
namespace {

constexpr const char* kDisk = "disk";  // JobInfo::pauseReason
constexpr int kAnswerLimit = 3000;     // ms

bool isPausedForDisk(const JobInfo& info) {
    return info.state == "paused" && info.pauseReason == kDisk;
}

}  // namespace

void Service::Private::watchMachine() {
    machine = std::make_unique<MachineWatch>(options, [this] { return diskUses(); });
    connect(machine.get(), &MachineWatch::looked, self, [this] {
        const bool waits = std::any_of(jobs.begin(), jobs.end(), [](const auto& job) {
            return job->info().state == "queued";
        });
        if (waits) {
            turnTimer.start();
        }
    });
    connect(machine.get(), &MachineWatch::lookedAtAll, self, [this] {
        answerDeviceQuestions();
        tellTelemetry();
    });
    connect(machine.get(), &MachineWatch::diskAction, self,
            [this](const DiskAction& action) { act(action); });
    const auto setIdle = [this] {
        const double minutes = options.idleMinutes.value_or(machine->settings().idleMinutes);
        idleTimer.setInterval(static_cast<int>(std::min(minutes * 60000, 2e9)));
    };
    setIdle();
    connect(machine.get(), &MachineWatch::settingsChanged, self, [this, setIdle] {
        setIdle();
        turnTimer.start();
    });
}

// Without need nothing is asked of GPUs and disks.
void Service::Private::lookWhileNeeded() {
    const bool jobsNeed = std::any_of(jobs.begin(), jobs.end(), [](const auto& job) {
        const JobInfo& info = job->info();
        return isActive(info.state) || info.state == "queued" || isPausedForDisk(info);
    });
    const bool clientsNeed = std::any_of(clients.begin(), clients.end(), [](const auto* client) {
        return client->watchesTelemetry();
    });
    machine->setLooking(!ending && (jobsNeed || clientsNeed));
}

bool Service::Private::awaitsRoom() const {
    return std::any_of(jobs.begin(), jobs.end(),
                       [](const auto& job) { return isPausedForDisk(job->info()); });
}

// ---- turns --------------------------------------------------------------------------------------

void Service::Private::giveTurn(SupervisedJob& job, Occupancy& busy) {
    const std::string& name = job.info().job;
    // What was read when the job came may have changed when its turn comes.
    if (job.ready() && busy.decide(job.claim()).starts) {
        job.claimNow();
    }
    const Claim& claim = job.claim();
    const Decision decision = busy.decide(claim);
    const std::string noRoom = machine->disks().whyNot(name);
    if (job.ready() && (!decision.starts || !noRoom.empty())) {
        job.sayWaiting(decision.starts ? noRoom : decision.text);
    } else if (job.ready()) {
        job.start(decision.devices, variablesFor(machine->machine(), claim, decision.devices));
    }
    if (isActive(job.info().state)) {
        busy.addRunning(name, claim, decision.devices);
    } else if (job.info().state == "queued" && noRoom.empty()) {
        // Those behind it wait for one that does not fit: the order is kept. One whose disk is full
        // keeps nobody waiting, as one that is paused for that.
        busy.addWaiting(name, claim);
    }
}

// ---- disks --------------------------------------------------------------------------------------

std::vector<DiskUse> Service::Private::diskUses() const {
    std::vector<DiskUse> uses;
    for (const auto& job : jobs) {
        const JobInfo& info = job->info();
        const StartJob& start = job->stored().start;
        const bool active = isActive(info.state);
        const std::filesystem::path project = start.project;
        if (start.kind == "train") {
            const auto run = project / "runs" / start.run;
            if (active || info.state == "queued" || isPausedForDisk(info)) {
                uses.push_back({info.job, run,
                                active                  ? DiskUse::Kind::training
                                : isPausedForDisk(info) ? DiskUse::Kind::paused
                                                        : DiskUse::Kind::waiting});
            }
        } else if (active) {
            const auto& words = start.arguments;
            const auto out = std::find(words.begin(), words.end(), "--out");
            const bool elsewhere = out != words.end() && out + 1 != words.end();
            uses.push_back({info.job,
                            elsewhere ? std::filesystem::path(*(out + 1)).parent_path() : project,
                            DiskUse::Kind::other});
        }
    }
    uses.push_back({"", stateFolder(), DiskUse::Kind::ownFiles});
    return uses;
}

void Service::Private::act(const DiskAction& action) {
    if (ending) {
        return;
    }
    if (action.what == DiskAction::What::warn) {
        logWarning((action.job.empty() ? "" : action.job + ": ") + action.text);
        tell(WarningRaised{action.job, action.text});
        return;
    }
    const auto found = find(action.job);
    if (!found.ok()) {
        return;
    }
    SupervisedJob& job = **found;
    if (action.what == DiskAction::What::pause) {
        const bool asked = job.stored().wish != Wish::run;
        if (job.running() && !asked) {
            logWarning(action.job + ": " + action.text);
            tell(WarningRaised{action.job, action.text});
            job.pauseFor(kDisk, {static_cast<int>(ErrorCode::cannotWrite), action.text,
                                 action.folder, "Free some space"});
        }
    } else if (isPausedForDisk(job.info())) {
        if (action.what == DiskAction::What::say) {
            job.sayWaiting(action.text);
        } else if (checkNew(job.stored().start).ok()) {
            logInfo(action.job + ": there is room on the disk again, going on");
            job.resume();
        }
    }
}

// ---- what clients ask ---------------------------------------------------------------------------

void Service::Private::listDevices(ClientSession& client, const ListDevices& request) {
    deviceQuestions.emplace_back(&client, request.request);
    machine->lookNow();
    // Where a driver or a disk hangs, with what was seen before.
    QTimer::singleShot(kAnswerLimit, self, [this] { answerDeviceQuestions(); });
}

void Service::Private::answerDeviceQuestions() {
    std::vector<std::pair<QPointer<ClientSession>, int64_t>> questions;
    questions.swap(deviceQuestions);
    if (questions.empty()) {
        return;
    }
    DevicesListed list;
    list.devices = machine->devices();
    for (const auto& job : jobs) {
        const auto& taken = job->info().devices;
        for (DeviceInfo& device : list.devices) {
            if (std::find(taken.begin(), taken.end(), device.id) != taken.end()) {
                device.jobs.push_back(job->info().job);
            }
        }
    }
    list.telemetry = machine->telemetry();
    for (const auto& [client, request] : questions) {
        if (client) {
            list.request = request;
            client->send(list);
        }
    }
}

void Service::Private::watchTelemetry(ClientSession& client, const WatchTelemetry& request) {
    client.setWatchesTelemetry(request.on);
    client.send(RequestDone{request.request, ""});
    lookWhileNeeded();
}

void Service::Private::tellTelemetry() {
    std::optional<TelemetrySampled> telemetry;
    for (auto* client : std::list(clients)) {
        if (client->watchesTelemetry()) {
            if (!telemetry) {
                telemetry = machine->telemetry();
            }
            client->send(*telemetry);
        }
    }
}

}  // namespace understudy::training
