#include "training/client/service_client.h"

#include <QElapsedTimer>
#include <QLocalSocket>
#include <QTimer>
#include <algorithm>
#include <cstdlib>
#include <list>
#include <map>
#include <unordered_set>

#include "media/base/log.h"
#include "training/client/emit_event.h"
#include "training/client/service_starter.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"
#include "training/protocol/line_buffer.h"

namespace understudy::training {
namespace {

constexpr int kFirstWait = 30;  // ms, doubled after each failed attempt
constexpr int kLongestWait = 2000;
constexpr int kHelloLimit = 5000;
constexpr int kStartAgainAfter = 3000;
constexpr int64_t kPage = 100;
constexpr int kListRestarts = 3;

Error connectionLost() {
    return {ErrorCode::transient, "there is no connection to the service", socketPath().string(),
            "It is being connected again; retry, or use --local"};
}

Error strangeAnswer() {
    return {ErrorCode::environment, "the service gave an answer to another question", "",
            "Restart the service"};
}

void forget(std::vector<JobInfo>& jobs, const std::string& job) {
    std::erase_if(jobs, [&](const JobInfo& info) { return info.job == job; });
}

bool isAskedFor(const ListJobs& what, const JobInfo& info) {
    return (what.project.empty() || what.project == info.project) &&
           (what.states.empty() ||
            std::find(what.states.begin(), what.states.end(), info.state) != what.states.end());
}

ListJobs recentJobs() {
    ListJobs recent;
    recent.over = kRecentJobs;
    return recent;
}

// The list with what was heard while it was read; new jobs come first.
std::vector<JobInfo> merged(std::vector<JobInfo> jobs, const std::vector<JobInfo>& changed) {
    for (const auto& info : changed) {
        const auto found = std::find_if(jobs.begin(), jobs.end(),
                                        [&](const auto& known) { return known.job == info.job; });
        if (found != jobs.end()) {
            *found = info;
        } else {
            jobs.insert(jobs.begin(), info);
        }
    }
    return jobs;
}

}  // namespace

struct ServiceClient::Private {
    // Answers are given the reply itself: RequestDone, RequestFailed or a list.
    using Reply = std::function<void(const Result<Message>&)>;

    // A walk through the pages of a list that changes meanwhile.
    struct Listing {
        ListJobs what;
        std::vector<JobInfo> jobs;
        std::unordered_set<std::string> known;  // that are among them
        std::vector<JobInfo> changed;           // since their page was read, or never in one
        int64_t offset = 0;
        int64_t total = 0;
        int restarts = 0;
        Jobs answer;
    };

    Private(ServiceClient* owner, std::string name) : self(owner), program(std::move(name)) {}

    void setState(State next);
    void tryConnect();
    void onLost();
    void startService();
    void readAll();
    void handle(const Message& message);
    void welcome(const Hello& hello);
    void resolve(int64_t request, const Result<Message>& reply);
    void rejectAll();
    void request(Message message, Reply reply);
    template <class Request>
    void requestJob(Request message, Answer answer);
    void listOn(const std::shared_ptr<Listing>& listing);
    static void dropUnasked(Listing& listing);
    void endList(const std::shared_ptr<Listing>& listing, Result<std::vector<JobInfo>> jobs);
    void write(const Message& message);

    ServiceClient* self;
    std::string program;
    QLocalSocket socket;
    LineBuffer lines;
    QTimer retry;
    QTimer helloLimit;
    QElapsedTimer sinceStart;
    bool wanted = false;
    bool startIfAbsent = false;
    bool watchesTelemetry = false;
    State state = State::disconnected;
    int attempt = 0;
    int64_t lastRequest = 0;
    std::map<int64_t, Reply> pending;
    std::list<std::shared_ptr<Listing>> listings;
};

void ServiceClient::Private::setState(State next) {
    state = next;
    Q_EMIT self->connectionChanged(next, attempt);
}

void ServiceClient::Private::tryConnect() {
    if (!wanted) {
        return;
    }
    lines.clear();
    setState(State::connecting);
    helloLimit.start(kHelloLimit);
    socket.abort();
    socket.connectToServer(QString::fromStdString(socketPath().string()));
}

// Both a failed attempt and a connection that ended come here.
void ServiceClient::Private::onLost() {
    helloLimit.stop();
    rejectAll();
    if (!wanted) {
        if (state != State::disconnected) {
            setState(State::disconnected);
        }
        return;
    }
    if (retry.isActive()) {
        return;
    }
    ++attempt;
    startService();
    const int wait = kFirstWait << std::min(attempt, 8);
    retry.start(std::min(wait, kLongestWait));
    setState(State::disconnected);
}

void ServiceClient::Private::startService() {
    if (!startIfAbsent || (sinceStart.isValid() && sinceStart.elapsed() < kStartAgainAfter)) {
        return;
    }
    sinceStart.start();
    if (const auto started = startServiceDetached(); !started.ok()) {
        Q_EMIT self->connectionFailed(started.error());
    }
}

void ServiceClient::Private::readAll() {
    const QByteArray bytes = socket.readAll();
    lines.append({bytes.constData(), static_cast<size_t>(bytes.size())});
    while (const auto line = lines.next()) {
        const auto message = decode(*line);
        if (message.ok()) {
            handle(*message);
        } else {
            logWarning("the service's line was not understood: " + describe(message.error()));
        }
        if (!socket.isOpen()) {
            return;  // a handler ended the connection
        }
    }
    if (lines.overflowed()) {
        socket.abort();
    }
}

void ServiceClient::Private::handle(const Message& message) {
    if (const auto* hello = std::get_if<Hello>(&message)) {
        welcome(*hello);
    } else if (const auto* done = std::get_if<RequestDone>(&message)) {
        resolve(done->request, message);
    } else if (const auto* failed = std::get_if<RequestFailed>(&message)) {
        if (state != State::connected) {
            Q_EMIT self->connectionFailed(errorOf(failed->error));  // refused as a client
        }
        resolve(failed->request, errorOf(failed->error));
    } else if (const auto* listed = std::get_if<JobsListed>(&message)) {
        resolve(listed->request, message);
    } else if (const auto* devices = std::get_if<DevicesListed>(&message)) {
        resolve(devices->request, message);
    } else if (const auto* sample = std::get_if<TelemetrySampled>(&message)) {
        Q_EMIT self->telemetrySampled(*sample);
    } else {
        if (const auto* changed = std::get_if<JobChanged>(&message)) {
            for (const auto& listing : listings) {
                forget(listing->changed, changed->info.job);
                listing->changed.push_back(changed->info);
            }
        }
        emitEvent(*self, message, [](const auto&) {});
    }
}

void ServiceClient::Private::welcome(const Hello& hello) {
    helloLimit.stop();
    if (hello.protocolVersion != kProtocolVersion) {
        Q_EMIT self->connectionFailed(Error{
            ErrorCode::environment,
            "the running service is version " + hello.version + " and speaks another protocol",
            socketPath().string(), "Stop it with 'understudy-cli service stop'"});
        socket.abort();
        return;
    }
    attempt = 0;
    sinceStart.invalidate();  // when this one goes another may be started at once
    setState(State::connected);
    if (watchesTelemetry) {
        self->watchTelemetry(true);
    }
    self->listJobs([this](Result<std::vector<JobInfo>> jobs) {
        if (jobs.ok()) {
            Q_EMIT self->jobsListed(*jobs);
        }
    });
}

void ServiceClient::Private::resolve(int64_t number, const Result<Message>& reply) {
    auto found = pending.extract(number);
    if (!found.empty() && found.mapped()) {
        found.mapped()(reply);
    }
}

void ServiceClient::Private::rejectAll() {
    // An answer may make new requests: they are refused too, but not by this loop.
    std::map<int64_t, Reply> rejected;
    rejected.swap(pending);
    for (auto& [number, reply] : rejected) {
        if (reply) {
            reply(connectionLost());
        }
    }
}

void ServiceClient::Private::write(const Message& message) {
    socket.write(QByteArray::fromStdString(encode(message) + '\n'));
}

void ServiceClient::Private::request(Message message, Reply reply) {
    if (state != State::connected) {
        QMetaObject::invokeMethod(
            self, [reply = std::move(reply)] { reply(connectionLost()); }, Qt::QueuedConnection);
        return;
    }
    std::visit(
        [this](auto& content) {
            if constexpr (requires { content.request; }) {
                content.request = ++lastRequest;
            }
        },
        message);
    pending[lastRequest] = std::move(reply);
    write(message);
}

template <class Request>
void ServiceClient::Private::requestJob(Request message, Answer answer) {
    request(std::move(message), [answer = std::move(answer)](const Result<Message>& reply) {
        if (!answer) {
            return;
        }
        if (!reply.ok()) {
            answer(reply.error());
        } else if (const auto* done = std::get_if<RequestDone>(&*reply)) {
            answer(done->job);
        } else {
            answer(strangeAnswer());
        }
    });
}

void ServiceClient::Private::listOn(const std::shared_ptr<Listing>& listing) {
    ListJobs list = listing->what;
    list.offset = listing->offset;
    list.limit = kPage;
    request(list, [this, listing](const Result<Message>& reply) {
        const auto* page = reply.ok() ? std::get_if<JobsListed>(&*reply) : nullptr;
        if (page == nullptr) {
            endList(listing, reply.ok() ? strangeAnswer() : reply.error());
            return;
        }
        // Where some went, others moved up past the page that was asked for.
        if (page->total < listing->total && listing->restarts++ < kListRestarts) {
            listing->jobs.clear();
            listing->known.clear();
            listing->offset = listing->total = 0;
            listOn(listing);
            return;
        }
        // Where some came, others moved down into the next page and are told again.
        for (const auto& info : page->jobs) {
            forget(listing->changed, info.job);
            if (!listing->known.insert(info.job).second) {
                forget(listing->jobs, info.job);
            }
            listing->jobs.push_back(info);
        }
        listing->total = page->total;
        listing->offset += static_cast<int64_t>(page->jobs.size());
        if (!page->jobs.empty() && listing->offset < page->total) {
            listOn(listing);
        } else {
            dropUnasked(*listing);
            endList(listing, merged(listing->jobs, listing->changed));
        }
    });
}

// What was heard of other jobs, and those that became others while the list was read.
void ServiceClient::Private::dropUnasked(Listing& listing) {
    std::erase_if(listing.changed, [&](const JobInfo& info) {
        const bool unasked = !isAskedFor(listing.what, info);
        if (unasked) {
            forget(listing.jobs, info.job);
        }
        return unasked;
    });
}

void ServiceClient::Private::endList(const std::shared_ptr<Listing>& listing,
                                     Result<std::vector<JobInfo>> jobs) {
    listings.remove(listing);
    listing->answer(std::move(jobs));
}

ServiceClient::ServiceClient(std::string program, QObject* parent)
    : QObject(parent), private_(std::make_unique<Private>(this, std::move(program))) {
    Private& d = *private_;
    d.retry.setSingleShot(true);
    d.helloLimit.setSingleShot(true);
    connect(&d.retry, &QTimer::timeout, this, [&d] { d.tryConnect(); });
    connect(&d.helloLimit, &QTimer::timeout, this, [&d] {
        d.socket.abort();
        d.onLost();
    });
    connect(&d.socket, &QLocalSocket::connected, this, [&d] {
        d.write(Hello{kProtocolVersion, d.program, US_VERSION});
    });
    connect(&d.socket, &QLocalSocket::readyRead, this, [&d] { d.readAll(); });
    connect(&d.socket, &QLocalSocket::disconnected, this, [&d] { d.onLost(); });
    connect(&d.socket, &QLocalSocket::errorOccurred, this,
            [&d](QLocalSocket::LocalSocketError error) {
                // The end by the peer also says `disconnected`.
                if (error != QLocalSocket::PeerClosedError) {
                    d.onLost();
                }
            });
}

ServiceClient::~ServiceClient() {
    private_->socket.disconnect(this);
    private_->wanted = false;
}

void ServiceClient::connectToService(bool startIfAbsent) {
    Private& d = *private_;
    d.startIfAbsent = startIfAbsent;
    if (!d.wanted) {
        d.wanted = true;
        d.attempt = 0;
        d.tryConnect();
    }
}

void ServiceClient::disconnectFromService() {
    Private& d = *private_;
    d.wanted = false;
    d.retry.stop();
    d.socket.abort();
    d.onLost();
}

ServiceClient::State ServiceClient::state() const {
    return private_->state;
}

void ServiceClient::startJob(StartJob start, Answer answer) {
    if (start.environment.empty()) {
        for (const auto& name : jobVariables()) {
            if (const char* value = std::getenv(name.c_str())) {
                start.environment[name] = value;
            }
        }
    }
    private_->requestJob(std::move(start), std::move(answer));
}

void ServiceClient::stopJob(const std::string& job, Answer answer) {
    private_->requestJob(StopJob{0, job}, std::move(answer));
}

void ServiceClient::pauseJob(const std::string& job, Answer answer) {
    private_->requestJob(PauseJob{0, job}, std::move(answer));
}

void ServiceClient::resumeJob(const std::string& job, Answer answer) {
    private_->requestJob(ResumeJob{0, job}, std::move(answer));
}

void ServiceClient::writeCheckpoint(const std::string& job, Answer answer) {
    private_->requestJob(WriteCheckpoint{0, job}, std::move(answer));
}

void ServiceClient::writePreview(const std::string& job, Answer answer) {
    private_->requestJob(WritePreview{0, job}, std::move(answer));
}

void ServiceClient::changeSettings(const std::string& job, std::vector<std::string> settings,
                                   const std::string& reason, Answer answer) {
    private_->requestJob(ChangeSettings{0, job, std::move(settings), reason}, std::move(answer));
}

void ServiceClient::stopService(Answer answer) {
    // The service that was asked to end is not started again by us.
    private_->startIfAbsent = false;
    private_->requestJob(StopService(), std::move(answer));
}

void ServiceClient::changeJob(ChangeJob change, Answer answer) {
    private_->requestJob(std::move(change), std::move(answer));
}

void ServiceClient::listPage(ListJobs what, Page answer) {
    private_->request(std::move(what), [answer = std::move(answer)](const Result<Message>& reply) {
        const auto* page = reply.ok() ? std::get_if<JobsListed>(&*reply) : nullptr;
        answer(page != nullptr ? Result<JobsListed>(*page)
               : reply.ok()    ? strangeAnswer()
                               : reply.error());
    });
}

void ServiceClient::listDevices(Devices answer) {
    private_->request(ListDevices(), [answer = std::move(answer)](const Result<Message>& reply) {
        const auto* devices = reply.ok() ? std::get_if<DevicesListed>(&*reply) : nullptr;
        answer(devices != nullptr ? Result<DevicesListed>(*devices)
               : reply.ok()       ? strangeAnswer()
                                  : reply.error());
    });
}

void ServiceClient::watchTelemetry(bool on) {
    private_->watchesTelemetry = on;
    if (private_->state == State::connected) {
        private_->requestJob(WatchTelemetry{0, on}, {});
    }
}

void ServiceClient::listJobs(Jobs answer) {
    listJobs(recentJobs(), std::move(answer));
}

void ServiceClient::listJobs(ListJobs what, Jobs answer) {
    auto listing = std::make_shared<Private::Listing>();
    listing->what = std::move(what);
    listing->answer = std::move(answer);
    private_->listings.push_back(listing);
    private_->listOn(listing);
}

}  // namespace understudy::training
