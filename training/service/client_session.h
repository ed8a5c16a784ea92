// One client of the service: its lines in, ours out. Whatever a client does (says nonsense, stops
// reading, dies), it costs only its own connection.
#pragma once

#include <QLocalSocket>
#include <QObject>
#include <map>
#include <string>

#include "training/protocol/line_buffer.h"
#include "training/protocol/messages.h"

namespace understudy::training {

class ClientSession : public QObject {
    Q_OBJECT
  public:
    // Takes the socket over.
    ClientSession(QLocalSocket* socket, QObject* parent);

    // Whether the peer is a process of this very user.
    bool isOwnUser() const;
    bool welcomed() const { return welcomed_; }

    void send(const Message& message);
    void close();

  Q_SIGNALS:
    void requested(const understudy::training::Message& request);
    void ended();

  private:
    void readAll();
    void handle(const Message& message);
    void flushWaiting();
    void write(const Message& message);

    QLocalSocket* socket_;
    LineBuffer lines_;
    bool welcomed_ = false;
    bool closing_ = false;
    bool ended_ = false;
    // For a client that reads slowly: of each job only the newest state waits.
    std::map<std::string, JobInfo> waiting_;
};

}  // namespace understudy::training
