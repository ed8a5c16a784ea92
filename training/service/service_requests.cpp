#include <QDateTime>
#include <algorithm>
#include <cstdlib>

#include "media/base/log.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"
#include "training/service/service_private.h"

namespace understudy::training {
namespace {

constexpr size_t kVariableLimit = 4096;  // bytes of one of the environment

Error refused(const std::string& why, const std::string& remedy = "") {
    return {ErrorCode::usage, why, "", remedy};
}

// Whether both want the same thing done, so that one of them is enough.
bool sameWork(const StartJob& a, const StartJob& b) {
    if (a.kind != b.kind || a.project != b.project) {
        return false;
    }
    return a.kind == "train"     ? a.run == b.run
           : a.kind == "extract" ? a.clip == b.clip
                                 : a.arguments == b.arguments;
}

Status checkTurn(const StartJob& request) {
    US_TRY(checkPriority(request.priority));
    const auto& known = jobVariables();
    for (const auto& [name, value] : request.environment) {
        if (std::find(known.begin(), known.end(), name) == known.end() ||
            value.size() > kVariableLimit || value.find('\0') != std::string::npos) {
            return refused("a job cannot be given the variable '" + name + "'",
                           "Set it for the service itself");
        }
    }
    return {};
}

}  // namespace

void Service::Private::answer(ClientSession& client, const Message& message) {
    struct Visitor {
        Private& d;
        ClientSession& client;

        void reply(int64_t request, const Result<std::string>& job) {
            if (job.ok()) {
                client.send(RequestDone{request, *job});
            } else {
                client.send(RequestFailed{request, jobError(job.error())});
            }
        }
        void operator()(const StartJob& m) { reply(m.request, d.startJob(m)); }
        void operator()(const StopJob& m) { reply(m.request, d.stopJob(m.job, Wish::stop)); }
        void operator()(const PauseJob& m) { reply(m.request, d.stopJob(m.job, Wish::pause)); }
        void operator()(const ResumeJob& m) { reply(m.request, d.resumeJob(m.job)); }
        void operator()(const WriteCheckpoint& m) { reply(m.request, d.forwardTo(m.job, m)); }
        void operator()(const WritePreview& m) { reply(m.request, d.forwardTo(m.job, m)); }
        void operator()(const ChangeSettings& m) { reply(m.request, d.changeSettings(m)); }
        void operator()(const RenderPreview& m) {
            reply(m.request, Error{ErrorCode::usage, "the service renders no previews", "",
                                   "Ask a renderer that was started with --serve."});
        }
        void operator()(const ListJobs& m) { d.list(client, m); }
        void operator()(const ChangeJob& m) { reply(m.request, d.changeJob(m)); }
        void operator()(const ListDevices& m) { d.listDevices(client, m); }
        void operator()(const WatchTelemetry& m) { d.watchTelemetry(client, m); }
        void operator()(const StopService& m) {
            client.send(RequestDone{m.request, ""});
            // After the answer is on its way.
            QTimer::singleShot(0, d.self, [self = d.self] { self->shutDown(); });
        }
        // Answers and events are for clients, and Hello came before.
        void operator()(const Hello&) {}
        void operator()(const RequestDone&) {}
        void operator()(const RequestFailed&) {}
        void operator()(const JobsListed&) {}
        void operator()(const DevicesListed&) {}
        void operator()(const TelemetrySampled&) {}
        void operator()(const JobChanged&) {}
        void operator()(const JobProgressed&) {}
        void operator()(const StepFinished&) {}
        void operator()(const PreviewWritten&) {}
        void operator()(const CheckpointWritten&) {}
        void operator()(const FacesFound&) {}
        void operator()(const WarningRaised&) {}
        void operator()(const SettingsChanged&) {}
        void operator()(const JobFinished&) {}
    };
    std::visit(Visitor{*this, client}, message);
}

Status Service::Private::checkNew(const StartJob& request) {
    if (ending) {
        return Error{ErrorCode::transient, "the service is ending", "", "Try again in a moment"};
    }
    if (programOfKind(request.kind).empty()) {
        return refused("there is no kind of job named '" + request.kind + "'",
                       "Kinds are extract, train, swap and deliver");
    }
    std::error_code failed;
    const std::filesystem::path project = request.project;
    if (!project.is_absolute() || !std::filesystem::is_directory(project, failed)) {
        return Error{ErrorCode::missingInput, "there is no project folder", request.project,
                     "Give the project as an absolute path"};
    }
    US_TRY(checkTurn(request));
    if (request.kind == "train" &&
        (request.run.empty() || request.run.find('/') != std::string::npos)) {
        return refused("a training needs the name of its run", "Use a plain name such as r01");
    }
    for (const auto& job : jobs) {
        const bool pending = isActive(job->info().state) || job->info().state == "queued";
        if (pending && sameWork(job->stored().start, request)) {
            if (job->info().state == "queued") {
                // Perhaps asked for again because its devices were changed.
                job->claimNow();
                turnTimer.start();
            }
            return refused(job->info().job + " does this already", "Wait for it, or stop it first");
        }
    }
    return {};
}

// Paused jobs for the same work: the new one is for those, too, that wait for them.
std::vector<SupervisedJob*> Service::Private::replacedBy(const StartJob& request) const {
    std::vector<SupervisedJob*> paused;
    for (const auto& job : jobs) {
        if (job->info().state == "paused" && sameWork(job->stored().start, request)) {
            paused.push_back(job.get());
        }
    }
    return paused;
}

Result<std::string> Service::Private::startJob(const StartJob& request) {
    US_TRY(checkNew(request));
    StoredJob stored;
    stored.start = request;
    stored.start.request = 0;
    stored.info =
        queuedJob("", request, static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000);
    US_ASSIGN(stored.info.after, awaited(request.after));
    const std::vector<SupervisedJob*> replaced = replacedBy(request);
    for (const auto* other : replaced) {
        if (wouldWaitForItself(other->info().job, stored.info.after, whoWaits())) {
            return refused("it replaces " + other->info().job + ", and would wait for itself",
                           "Resume " + other->info().job + " instead, or start it without --after");
        }
    }
    stored.info.text = waitingText(stored.info);
    for (const auto* waiting : line()) {
        stored.info.place = std::max(stored.info.place, waiting->info().place + 1);
    }
    if (request.hold) {
        stored.info.state = "paused";
        stored.info.text = "Held until it is released";
    }
    US_TRY(store->add(stored));
    SupervisedJob& job = adopt(std::move(stored));
    for (auto* other : replaced) {
        passOn(other->info().job, job.info().job);
        other->stop(Wish::stop);
    }
    tellState(job);
    lookForIdleness();
    turnTimer.start();
    return job.info().job;
}

// Also one of the history, which comes back to us with that.
Result<SupervisedJob*> Service::Private::find(const std::string& name) {
    const int64_t number = numberOfJob(name);
    if (const auto known = byNumber.find(number); known != byNumber.end()) {
        return known->second;
    }
    US_ASSIGN(auto stored, store->find(number));
    if (!stored) {
        return refused("there is no job named '" + name + "'",
                       "'understudy-cli queue list --all' lists the jobs");
    }
    return &adopt(*std::move(stored));
}

Result<std::string> Service::Private::stopJob(const std::string& name, Wish wish) {
    US_ASSIGN(SupervisedJob * job, find(name));
    const std::string& state = job->info().state;
    if (isOver(state) ||
        (state == "paused" && wish == Wish::pause && isPausedByHand(job->info()))) {
        return refused(name + " is " + state + " already",
                       "'understudy-cli status' lists the jobs");
    }
    job->stop(wish);
    return name;
}

Result<std::string> Service::Private::resumeJob(const std::string& name) {
    US_ASSIGN(SupervisedJob * job, find(name));
    const std::string& state = job->info().state;
    if (state != "paused" && state != "failed" && state != "cancelled") {
        return refused(name + " is " + state + " and cannot be resumed",
                       "Paused, stopped and failed jobs can");
    }
    US_TRY(checkNew(job->stored().start));
    if (!job->info().heldBy.empty()) {
        // Whoever lets it go knows that what it waited for did not come.
        std::vector<std::string> after = job->info().after;
        std::erase_if(after, [&](const auto& other) {
            const auto awaited = find(other);
            return !awaited.ok() || isOver((*awaited)->info().state);
        });
        job->setAfter(std::move(after));
    }
    job->resume();
    return name;
}

Result<std::string> Service::Private::forwardTo(const std::string& name, const Message& request) {
    US_ASSIGN(SupervisedJob * job, find(name));
    if (job->info().state != "running") {
        return refused(name + " is " + job->info().state + ", not running",
                       "Resume it first, or wait for its turn");
    }
    job->send(request);
    return name;
}

}  // namespace understudy::training
