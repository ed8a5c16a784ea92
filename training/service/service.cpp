#include "training/service/service.h"

#include <algorithm>
#include <utility>

#include "media/base/log.h"
#include "media/base/paths.h"
#include "training/client/socket_path.h"
#include "training/protocol/job_state.h"
#include "training/service/schedule.h"
#include "training/service/service_private.h"

namespace understudy::training {
namespace {

constexpr int kProgressEvery = 50;  // ms: progress of a job is folded between
constexpr int kKeepEvery = 5000;    // ms: progress goes to disk
constexpr size_t kClientLimit = 64;
constexpr int64_t kHistory = 10000;  // jobs that are over and still listed

}  // namespace

Service::Service(ServiceOptions options, QObject* parent)
    : QObject(parent), private_(std::make_unique<Private>(this, options)) {
    Private& d = *private_;
    d.progressTimer.setSingleShot(true);
    d.progressTimer.setInterval(kProgressEvery);
    d.turnTimer.setSingleShot(true);
    d.turnTimer.setInterval(0);
    d.idleTimer.setSingleShot(true);
    connect(&d.progressTimer, &QTimer::timeout, this, [&d] { d.tellProgress(); });
    connect(&d.turnTimer, &QTimer::timeout, this, [&d] {
        d.forgetOld();
        d.settleDependencies();
        d.startNext();
    });
    connect(&d.keepTimer, &QTimer::timeout, this, [&d] {
        for (const auto& job : d.jobs) {
            if (job->running()) {
                [[maybe_unused]] const auto said = d.keep(*job);
            }
        }
    });
    connect(&d.idleTimer, &QTimer::timeout, this, [this] {
        logInfo("nothing to do for a while: ending");
        shutDown();
    });
    connect(&d.server, &QLocalServer::newConnection, this, [&d] { d.welcomeClients(); });
}

Service::~Service() {
    for (auto* client : private_->clients) {
        client->disconnect();
    }
}

Status Service::start() {
    Private& d = *private_;
    US_TRY(createPrivateFolder(stateFolder()));
    US_ASSIGN(auto lock, FileLock::acquire(stateFolder() / "service.lock"));
    d.lock = std::move(lock);
    US_ASSIGN(auto store, QueueStore::open(stateFolder() / "queue.db"));
    d.store = std::move(store);
    US_ASSIGN(auto stored, d.store->load(kRecentJobs));
    d.watchMachine();
    US_TRY(d.listen());
    for (auto& job : stored) {
        d.adopt(std::move(job)).recover();
    }
    d.keepTimer.start(kKeepEvery);
    d.historyGrew = true;  // perhaps, while an earlier one ended
    d.forgetOld();
    d.settleDependencies();
    d.startNext();
    d.lookForIdleness();
    logInfo("service " US_VERSION " listens at " + socketPath().string());
    return {};
}

Status Service::Private::listen() {
    US_TRY(preparePrivateRuntimeFolder());
    const QString path = QString::fromStdString(socketPath().string());
    server.setSocketOptions(QLocalServer::UserAccessOption);
    // The lock is ours, so a socket that lies there is of a service that was killed.
    QLocalServer::removeServer(path);
    if (!server.listen(path)) {
        return Error{ErrorCode::environment, "cannot listen: " + server.errorString().toStdString(),
                     socketPath().string(),
                     "Set XDG_RUNTIME_DIR to a private folder with a short path"};
    }
    return {};
}

void Service::Private::welcomeClients() {
    while (QLocalSocket* socket = server.nextPendingConnection()) {
        auto* client = new ClientSession(socket, options.helloSeconds, self);
        if (!client->isOwnUser()) {
            logWarning("a connection of another user was refused");
            delete client;
            continue;
        }
        if (clients.size() >= kClientLimit) {
            connect(client, &ClientSession::ended, client, &QObject::deleteLater);
            client->refuse({ErrorCode::transient,
                            "the service has " + std::to_string(kClientLimit) + " clients already",
                            "", "Close some of the programs that follow it"});
            continue;
        }
        clients.push_back(client);
        connect(client, &ClientSession::requested, self,
                [this, client](const Message& message) { answer(*client, message); });
        connect(client, &ClientSession::ended, self, [this, client] {
            clients.remove(client);
            client->deleteLater();
            lookForIdleness();
        });
    }
    lookForIdleness();
}

SupervisedJob& Service::Private::adopt(StoredJob stored) {
    const int64_t number = stored.id;
    const auto after = std::find_if(jobs.rbegin(), jobs.rend(), [number](const auto& other) {
                           return other->stored().id < number;
                       }).base();
    auto& job = **jobs.insert(after, std::make_unique<SupervisedJob>(std::move(stored), options));
    byNumber[number] = &job;
    connect(&job, &SupervisedJob::stateChanged, self, [this, &job] {
        job.noteKept(keep(job));
        tellState(job);
        lookForIdleness();
    });
    connect(&job, &SupervisedJob::progressed, self, [this, &job] {
        progressed.insert(&job);
        if (!progressTimer.isActive()) {
            progressTimer.start();
        }
    });
    connect(&job, &SupervisedJob::eventReceived, self, [this, &job](const Message& event) {
        if (std::holds_alternative<CheckpointWritten>(event)) {
            // How far it is and how long saving takes.
            [[maybe_unused]] const auto said = keep(job);
        }
        tell(event);
    });
    connect(&job, &SupervisedJob::over, self, [this, &job] {
        historyGrew = true;
        const JobInfo& info = job.info();
        tell(JobFinished{info.job, info.exitCode, info.error, info.result});
    });
    // Queued: the job that says so may be in the middle of a change.
    connect(
        &job, &SupervisedJob::turnChanged, self,
        [this] {
            finishIfDone();
            turnTimer.start();
        },
        Qt::QueuedConnection);
    return job;
}

Status Service::Private::keep(const SupervisedJob& job) {
    const auto kept = store->save(job.stored());
    if (!kept.ok()) {
        logWarning(describe(kept.error()));
    }
    return kept;
}

void Service::Private::tell(const Message& message) {
    for (auto* client : std::list(clients)) {
        client->send(message);
    }
}

void Service::Private::tellState(SupervisedJob& job) {
    progressed.erase(&job);
    tell(JobChanged{job.info()});
}

void Service::Private::tellProgress() {
    std::set<SupervisedJob*> changed;
    changed.swap(progressed);
    for (const auto* job : changed) {
        tell(JobChanged{job->info()});
    }
}

void Service::Private::startNext() {
    if (ending || !machine->isRecent()) {
        return;
    }
    Occupancy busy(machine->machine());
    for (const auto& job : jobs) {
        if (isActive(job->info().state)) {
            busy.addRunning(job->info().job, job->claim(), job->info().devices);
        }
    }
    for (SupervisedJob* job : line()) {
        // Those that wait for others or are held keep nobody waiting.
        if (job->info().state == "queued" && job->info().after.empty()) {
            giveTurn(*job, busy);
        }
    }
}

void Service::Private::lookForIdleness() {
    lookWhileNeeded();
    const bool idle = options.onDemand && !ending && clients.empty() && !awaitsRoom() &&
                      std::none_of(jobs.begin(), jobs.end(), [](const auto& job) {
                          return isActive(job->info().state) || job->info().state == "queued";
                      });
    if (!idle) {
        idleTimer.stop();
    } else if (!idleTimer.isActive()) {
        idleTimer.start();
    }
}

// What is over leaves our memory soon, and the store in the end.
void Service::Private::forgetOld() {
    const auto isOld = [](const auto& job) { return isOver(job->info().state); };
    auto old = std::count_if(jobs.begin(), jobs.end(), isOld);
    if (old > kRecentJobs) {
        const std::set<std::string> needed = awaitedByOthers();
        for (auto it = jobs.begin(); it != jobs.end() && old > kRecentJobs;) {
            if (!isOld(*it)) {
                ++it;
                continue;
            }
            --old;
            if (needed.count((*it)->info().job) > 0) {
                ++it;
                continue;
            }
            progressed.erase(it->get());
            byNumber.erase((*it)->stored().id);
            it = jobs.erase(it);
        }
    }
    if (std::exchange(historyGrew, false)) {
        if (const auto trimmed = store->trim(kHistory); !trimmed.ok()) {
            logWarning(describe(trimmed.error()));
        }
    }
}

void Service::shutDown() {
    Private& d = *private_;
    if (d.ending) {
        return;
    }
    d.ending = true;
    logInfo("ending: all jobs save");
    for (const auto& job : d.jobs) {
        if (job->running() && job->stored().wish == Wish::run) {
            job->stop(Wish::hold);
        } else {
            job->goOnIfJustSaved();
        }
    }
    d.finishIfDone();
}

void Service::Private::finishIfDone() {
    if (!ending ||
        std::any_of(jobs.begin(), jobs.end(), [](const auto& job) { return job->running(); })) {
        return;
    }
    server.close();
    for (auto* client : std::list(clients)) {
        client->close();
    }
    Q_EMIT self->finished();
}

}  // namespace understudy::training
