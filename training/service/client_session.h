// One client of the service: its lines in, ours out. Whatever a client does (says nonsense, stops
// reading, dies), it costs only its own connection.
#pragma once

#include <QLocalSocket>
#include <QObject>
#include <QTimer>
#include <map>
#include <string>

#include "media/base/result.h"
#include "training/protocol/line_buffer.h"
#include "training/protocol/messages.h"

namespace understudy::training {

class ClientSession : public QObject {
    Q_OBJECT
  public:
    // Takes the socket over. A client that does not say Hello within `helloSeconds` is let go.
    ClientSession(QLocalSocket* socket, double helloSeconds, QObject* parent);

    // Whether the peer is a process of this very user.
    bool isOwnUser() const;
    bool welcomed() const { return welcomed_; }

    // Whether it asked for TelemetrySampled.
    bool watchesTelemetry() const { return watchesTelemetry_ && welcomed_ && !ended_; }
    void setWatchesTelemetry(bool on) { watchesTelemetry_ = on; }

    void send(const Message& message);
    void close();
    // Says why, then closes.
    void refuse(const Error& error, int64_t request = 0);

  Q_SIGNALS:
    void requested(const understudy::training::Message& request);
    void ended();

  private:
    void readAll();
    bool readMore();
    void notUnderstood(const std::string& line, const Error& error);
    void goOn();
    void handle(const Message& message);
    void flushWaiting();
    void flushWaiting(const std::string& job);
    void write(const Message& message);

    QLocalSocket* socket_;
    LineBuffer lines_;
    QTimer helloLimit_;
    int64_t nonsense_ = 0;  // lines
    bool held_ = false;     // not read on until the client has read
    bool welcomed_ = false;
    bool closing_ = false;
    bool ended_ = false;
    bool watchesTelemetry_ = false;
    // For a client that reads slowly: of each job only the newest state waits.
    std::map<std::string, JobInfo> waiting_;
};

}  // namespace understudy::training
