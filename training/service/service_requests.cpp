#include <QDateTime>
#include <algorithm>

#include "media/base/log.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"
#include "training/service/service_private.h"

namespace understudy::training {
namespace {

constexpr int64_t kPageLimit = 1000;
constexpr size_t kPageBytes = kMessageLimit / 4;  // results may be long

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
        void operator()(const ListJobs& m) { d.list(client, m); }
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
                       "Kinds are extract, train and swap");
    }
    std::error_code failed;
    const std::filesystem::path project = request.project;
    if (!project.is_absolute() || !std::filesystem::is_directory(project, failed)) {
        return Error{ErrorCode::missingInput, "there is no project folder", request.project,
                     "Give the project as an absolute path"};
    }
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

Result<std::string> Service::Private::startJob(const StartJob& request) {
    US_TRY(checkNew(request));
    // A paused job for the same work is replaced by the new one.
    for (const auto& job : jobs) {
        if (job->info().state == "paused" && sameWork(job->stored().start, request)) {
            job->stop(Wish::stop);
        }
    }
    StoredJob stored;
    stored.start = request;
    stored.start.request = 0;
    stored.info =
        queuedJob("", request, static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000);
    US_TRY(store->add(stored));
    SupervisedJob& job = adopt(std::move(stored));
    tellState(job);
    lookForIdleness();
    turnTimer.start();
    return job.info().job;
}

Result<SupervisedJob*> Service::Private::find(const std::string& name) {
    const auto found = std::find_if(jobs.begin(), jobs.end(),
                                    [&](const auto& job) { return job->info().job == name; });
    if (found == jobs.end()) {
        return refused("there is no job named '" + name + "'",
                       "'understudy-cli status' lists the jobs");
    }
    return found->get();
}

Result<std::string> Service::Private::stopJob(const std::string& name, Wish wish) {
    US_ASSIGN(SupervisedJob * job, find(name));
    const std::string& state = job->info().state;
    const bool byHand = job->info().pauseReason.empty();
    if (isOver(state) || (state == "paused" && wish == Wish::pause && byHand)) {
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

void Service::Private::list(ClientSession& client, const ListJobs& request) {
    JobsListed page;
    page.request = request.request;
    page.total = static_cast<int64_t>(jobs.size());
    const int64_t first = std::clamp<int64_t>(request.offset, 0, page.total);
    const int64_t count =
        std::min(std::clamp<int64_t>(request.limit, 1, kPageLimit), page.total - first);
    auto it = jobs.rbegin();
    std::advance(it, first);
    size_t bytes = 0;
    for (int64_t i = 0; i < count; ++i, ++it) {
        bytes += jobInfoToJson((*it)->info()).size();
        if (i > 0 && bytes > kPageBytes) {
            break;  // the client asks on from here
        }
        page.jobs.push_back((*it)->info());
    }
    client.send(page);
}

}  // namespace understudy::training
