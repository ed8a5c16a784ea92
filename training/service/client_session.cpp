#include "training/service/client_session.h"

#include <sys/socket.h>
#include <unistd.h>

#include "media/base/log.h"
#include "training/protocol/codec.h"

namespace understudy::training {
namespace {

constexpr qint64 kSlow = 1 << 20;       // bytes unread: progress is folded, steps are left out
constexpr qint64 kHopeless = 48 << 20;  // bytes unread: the client is let go and may come again

}  // namespace

ClientSession::ClientSession(QLocalSocket* socket, QObject* parent)
    : QObject(parent), socket_(socket) {
    socket_->setParent(this);
    connect(socket_, &QLocalSocket::readyRead, this, &ClientSession::readAll);
    connect(socket_, &QLocalSocket::bytesWritten, this, &ClientSession::flushWaiting);
    connect(socket_, &QLocalSocket::disconnected, this, [this] {
        if (!ended_) {
            ended_ = true;
            Q_EMIT ended();
        }
    });
}

bool ClientSession::isOwnUser() const {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(static_cast<int>(socket_->socketDescriptor()), SOL_SOCKET, SO_PEERCRED,
                        &peer, &size) == 0 &&
           peer.uid == ::getuid();
}

void ClientSession::readAll() {
    const QByteArray bytes = socket_->readAll();
    lines_.append({bytes.constData(), static_cast<size_t>(bytes.size())});
    while (!ended_ && !closing_) {
        const auto line = lines_.next();
        if (!line) {
            break;
        }
        const auto message = decode(*line);
        if (!message.ok()) {
            logWarning("a client's line was not understood: " + describe(message.error()));
            write(RequestFailed{0, {64, message.error().message, message.error().where, ""}});
        } else {
            handle(*message);
        }
    }
    if (lines_.overflowed()) {
        logWarning("a client sent a message beyond the limit");
        socket_->abort();
    }
}

void ClientSession::handle(const Message& message) {
    if (const auto* hello = std::get_if<Hello>(&message)) {
        welcomed_ = hello->protocolVersion == kProtocolVersion;
        write(Hello{kProtocolVersion, "understudyd", US_VERSION});
        if (!welcomed_) {
            logWarning("a client speaks another protocol: " + hello->program + " " +
                       hello->version);
        }
        return;
    }
    if (!welcomed_) {
        write(RequestFailed{0, {64, "the first message must be Hello", "", ""}});
        close();
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
    } else {
        write(message);
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

void ClientSession::close() {
    closing_ = true;
    socket_->disconnectFromServer();
}

}  // namespace understudy::training
