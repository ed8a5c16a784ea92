// The service's insides, shared by its files: life cycle, requests, queue.
#pragma once

#include <QLocalServer>
#include <QPointer>
#include <QTimer>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "media/base/file.h"
#include "training/service/client_session.h"
#include "training/service/machine_watch.h"
#include "training/service/queue_order.h"
#include "training/service/queue_store.h"
#include "training/service/service.h"
#include "training/service/supervised_job.h"

namespace understudy::training {

struct Service::Private {
    Private(Service* owner, ServiceOptions settings) : self(owner), options(settings) {}

    // service.cpp: life cycle
    Status listen();
    void welcomeClients();
    SupervisedJob& adopt(StoredJob stored);
    Status keep(const SupervisedJob& job);
    void tell(const Message& message);
    void tellState(SupervisedJob& job);
    void tellProgress();
    void startNext();
    void lookForIdleness();
    void forgetOld();
    void finishIfDone();

    // service_devices.cpp
    void watchMachine();
    void lookWhileNeeded();
    bool awaitsRoom() const;
    void giveTurn(SupervisedJob& job, Occupancy& busy);
    std::vector<DiskUse> diskUses() const;
    void act(const DiskAction& action);
    void listDevices(ClientSession& client, const ListDevices& request);
    void answerDeviceQuestions();
    void watchTelemetry(ClientSession& client, const WatchTelemetry& request);
    void tellTelemetry();

    // service_requests.cpp
    void answer(ClientSession& client, const Message& message);
    Result<std::string> startJob(const StartJob& request);
    std::vector<SupervisedJob*> replacedBy(const StartJob& request) const;
    Status checkNew(const StartJob& request);
    Result<std::string> stopJob(const std::string& name, Wish wish);
    Result<std::string> resumeJob(const std::string& name);
    Result<std::string> forwardTo(const std::string& name, const Message& request);
    Result<SupervisedJob*> find(const std::string& name);

    // service_queue.cpp: order, dependencies, lists
    std::vector<SupervisedJob*> line() const;
    Result<std::string> changeJob(const ChangeJob& request);
    WaitsFor whoWaits() const;
    Result<Turn> movedTurn(const SupervisedJob& job, const ChangeJob& request);
    Status respace(const std::vector<SupervisedJob*>& line);
    Result<std::vector<std::string>> awaited(const std::vector<std::string>& names);
    void settleDependencies();
    void settleDependenciesOf(SupervisedJob& job);
    void passOn(const std::string& from, const std::string& to);
    std::set<std::string> awaitedByOthers() const;
    void list(ClientSession& client, const ListJobs& request);

    // service_settings.cpp
    Result<std::string> changeSettings(const ChangeSettings& request);
    Status changeAtRest(SupervisedJob& job, const ChangeSettings& request);

    Service* self;
    ServiceOptions options;
    std::optional<FileLock> lock;
    std::optional<QueueStore> store;
    QLocalServer server;
    // Ascending by number: those that are not over, and some that are. The others are in the store.
    std::list<std::unique_ptr<SupervisedJob>> jobs;
    std::unordered_map<int64_t, SupervisedJob*> byNumber;
    std::list<ClientSession*> clients;
    std::set<SupervisedJob*> progressed;  // since the clients were told
    QTimer turnTimer;                     // many changes at once are one turn
    QTimer progressTimer;
    QTimer keepTimer;
    QTimer idleTimer;
    std::unique_ptr<MachineWatch> machine;
    std::vector<std::pair<QPointer<ClientSession>, int64_t>> deviceQuestions;  // not answered yet
    bool ending = false;
    bool historyGrew = false;
};

}  // namespace understudy::training
