#include "training/client/service_client.h"

#include <QElapsedTimer>
#include <QLocalSocket>
#include <QTimer>
#include <algorithm>
#include <map>

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

Error connectionLost() {
    return {ErrorCode::transient, "there is no connection to the service", socketPath().string(),
            "It is being connected again; retry, or use --local"};
}

}  // namespace

struct ServiceClient::Private {
    // Answers are given the reply itself: RequestDone, RequestFailed or JobsListed.
    using Reply = std::function<void(const Result<Message>&)>;

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
    void listFrom(std::vector<JobInfo> soFar, Jobs answer);
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
    State state = State::disconnected;
    int attempt = 0;
    int64_t lastRequest = 0;
    std::map<int64_t, Reply> pending;
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
        resolve(failed->request, errorOf(failed->error));
    } else if (const auto* listed = std::get_if<JobsListed>(&message)) {
        resolve(listed->request, message);
    } else {
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
            answer(Error{ErrorCode::environment, "the service gave an answer to another question",
                         "", "Restart the service"});
        }
    });
}

void ServiceClient::Private::listFrom(std::vector<JobInfo> soFar, Jobs answer) {
    ListJobs list;
    list.offset = static_cast<int64_t>(soFar.size());
    list.limit = kPage;
    request(list, [this, jobs = std::move(soFar),
                   answer = std::move(answer)](const Result<Message>& reply) mutable {
        if (!reply.ok()) {
            answer(reply.error());
            return;
        }
        const auto* page = std::get_if<JobsListed>(&*reply);
        if (page != nullptr && !page->jobs.empty()) {
            jobs.insert(jobs.end(), page->jobs.begin(), page->jobs.end());
            if (static_cast<int64_t>(jobs.size()) < page->total) {
                listFrom(std::move(jobs), std::move(answer));
                return;
            }
        }
        answer(std::move(jobs));
    });
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

void ServiceClient::stopService(Answer answer) {
    // The service that was asked to end is not started again by us.
    private_->startIfAbsent = false;
    private_->requestJob(StopService(), std::move(answer));
}

void ServiceClient::listJobs(Jobs answer) {
    private_->listFrom({}, std::move(answer));
}

}  // namespace understudy::training
