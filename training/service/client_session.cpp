#include "training/service/client_session.h"

#include <sys/socket.h>
#include <unistd.h>

#include "media/base/log.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"

namespace understudy::training {
namespace {

constexpr qint64 kSlow = 1 << 20;  // bytes unread: progress is folded, steps are left out
constexpr qint64 kReadAtOnce = 1 << 20;
constexpr int64_t kNonsenseSaid = 3;    // lines of one client that are logged
constexpr qint64 kHopeless = 48 << 20;  // bytes unread: the client is let go and may come again

}  // namespace

ClientSession::ClientSession(QLocalSocket* socket, double helloSeconds, QObject* parent)
    : QObject(parent), socket_(socket) {
    socket_->setParent(this);
    socket_->setReadBufferSize(kReadAtOnce);
    connect(socket_, &QLocalSocket::readyRead, this, &ClientSession::readAll);
    connect(socket_, &QLocalSocket::bytesWritten, this, &ClientSession::goOn);
    connect(socket_, &QLocalSocket::disconnected, this, [this] {
        if (!ended_) {
            ended_ = true;
            if (nonsense_ > kNonsenseSaid) {
                logWarning("of a client's lines " + std::to_string(nonsense_) +
                           " were not understood");
            }
            Q_EMIT ended();
        }
    });
    helloLimit_.setSingleShot(true);
    connect(&helloLimit_, &QTimer::timeout, this, [this] {
        if (closing_ || socket_->bytesToWrite() > 0) {
            socket_->abort();  // it does not read either
        } else {
            refuse({ErrorCode::transient, "the client did not say Hello in time", "",
                    "Connect again"});
        }
    });
    helloLimit_.start(static_cast<int>(helloSeconds * 1000));
}

bool ClientSession::isOwnUser() const {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(static_cast<int>(socket_->socketDescriptor()), SOL_SOCKET, SO_PEERCRED,
                        &peer, &size) == 0 &&
           peer.uid == ::getuid();
}

// A client that does not read its answers is not read either: what waits for it stays bounded.
void ClientSession::readAll() {
    while (!ended_ && !closing_) {
        held_ = socket_->bytesToWrite() > kSlow;
        if (held_) {
            return;
        }
        const auto line = lines_.next();
        if (!line) {
            if (!readMore()) {
                return;
            }
            continue;
        }
        const auto message = decode(*line);
        if (message.ok()) {
            handle(*message);
        } else {
            notUnderstood(*line, message.error());
        }
    }
}

bool ClientSession::readMore() {
    if (lines_.overflowed()) {
        logWarning("a client sent a message beyond the limit");
        socket_->abort();
        return false;
    }
    const QByteArray bytes = socket_->read(kReadAtOnce);
    lines_.append({bytes.constData(), static_cast<size_t>(bytes.size())});
    return !bytes.isEmpty();
}

void ClientSession::notUnderstood(const std::string& line, const Error& error) {
    if (++nonsense_ <= kNonsenseSaid) {
        logWarning("a client's line was not understood: " + describe(error));
    }
    write(RequestFailed{requestIn(line), jobError(error)});
}

void ClientSession::goOn() {
    flushWaiting();
    if (held_) {
        readAll();
    }
}

void ClientSession::handle(const Message& message) {
    if (const auto* hello = std::get_if<Hello>(&message)) {
        welcomed_ = hello->protocolVersion == kProtocolVersion;
        if (welcomed_) {
            helloLimit_.stop();
        }
        write(Hello{kProtocolVersion, "understudyd", US_VERSION});
        if (!welcomed_) {
            logWarning("a client speaks another protocol: " + hello->program + " " +
                       hello->version);
        }
        return;
    }
    if (!welcomed_) {
        refuse({ErrorCode::usage, "the first message must be Hello", "",
                "The two programs may be of different versions"},
               requestOf(message));
        return;
    }
    Q_EMIT requested(message);
}

void ClientSession::send(const Message& message) {
    if (!welcomed_ || ended_ || closing_) {
        return;
    }
    const qint64 unread = socket_->bytesToWrite();
    const auto* changed = std::get_if<JobChanged>(&message);
    if (unread > kHopeless) {
        logWarning("a client does not read; its connection is closed");
        socket_->abort();
    } else if (unread > kSlow && changed != nullptr) {
        waiting_[changed->info.job] = changed->info;
    } else if (unread > kSlow && std::holds_alternative<StepFinished>(message)) {
        // The history file has it.
    } else if (unread > kSlow && std::holds_alternative<TelemetrySampled>(message)) {
        // Another comes in a second.
    } else {
        if (changed != nullptr) {
            waiting_.erase(changed->info.job);  // is older
        } else if (const auto* finished = std::get_if<JobFinished>(&message)) {
            flushWaiting(finished->job);
        }
        write(message);
    }
}

// That a job is finished is the last that is heard of it.
void ClientSession::flushWaiting(const std::string& job) {
    if (const auto found = waiting_.extract(job); !found.empty()) {
        write(JobChanged{found.mapped()});
    }
}

void ClientSession::flushWaiting() {
    if (socket_->bytesToWrite() > kSlow) {
        return;
    }
    std::map<std::string, JobInfo> newest;
    newest.swap(waiting_);
    for (auto& [job, info] : newest) {
        write(JobChanged{info});
    }
}

void ClientSession::write(const Message& message) {
    socket_->write(QByteArray::fromStdString(encode(message) + '\n'));
}

void ClientSession::refuse(const Error& error, int64_t request) {
    if (!ended_ && !closing_) {
        logWarning("a client is refused: " + error.message);
        write(RequestFailed{request, jobError(error)});
        close();
    }
}

void ClientSession::close() {
    closing_ = true;
    socket_->disconnectFromServer();
}

}  // namespace understudy::training
