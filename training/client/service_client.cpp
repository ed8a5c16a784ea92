#include "training/client/service_client.h"

#include <algorithm>
#include <cstdlib>

#include "media/base/log.h"
#include "training/client/emit_event.h"
#include "training/client/service_client_private.h"
#include "training/client/service_starter.h"
#include "training/client/socket_path.h"
#include "training/protocol/job_state.h"

namespace understudy::training {
namespace {

constexpr int kFirstWait = 30;  // ms, doubled after each failed attempt
constexpr int kLongestWait = 2000;
constexpr int kHelloLimit = 5000;
constexpr int kStartAgainAfter = 3000;

Error connectionLost() {
    return {ErrorCode::transient, "there is no connection to the service", socketPath().string(),
            "It is being connected again; retry, or use --local"};
}

}  // namespace

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
    quiet.stop();
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
    heard();
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

void ServiceClient::Private::heard() {
    asked = false;
    quiet.start(patience.quiet);
}

void ServiceClient::Private::onQuiet() {
    if (state != State::connected) {
        return;  // hello has a limit of its own
    }
    if (!asked) {
        asked = true;
        ListJobs one;
        one.limit = 1;
        request(one, [](const Result<Message>&) {});  // that it answers is the answer
        quiet.start(patience.answer);
        return;
    }
    Q_EMIT self->connectionFailed(
        Error{ErrorCode::transient, "the service does not answer", socketPath().string(),
              "Its jobs go on. If it stays so, end the process understudyd: "
              "it is started again and finds its jobs"});
    socket.abort();
    onLost();
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

ServiceClient::ServiceClient(std::string program, QObject* parent)
    : QObject(parent), private_(std::make_unique<Private>(this, std::move(program))) {
    Private& d = *private_;
    d.retry.setSingleShot(true);
    d.helloLimit.setSingleShot(true);
    d.quiet.setSingleShot(true);
    connect(&d.quiet, &QTimer::timeout, this, [&d] { d.onQuiet(); });
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

void ServiceClient::setPatience(Patience patience) {
    private_->patience = patience;
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

}  // namespace understudy::training
