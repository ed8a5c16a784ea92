// The service of one user: owns the queue of jobs, starts and supervises their programs, and tells
// every client what happens. Clients come and go; so may the service itself (kill -9 included): the
// next one goes on where this one was.
#pragma once

#include <QObject>
#include <memory>

#include "media/base/result.h"
#include "training/service/service_options.h"

namespace understudy::training {

class Service : public QObject {
    Q_OBJECT
  public:
    explicit Service(ServiceOptions options, QObject* parent = nullptr);
    ~Service() override;

    // Takes the lock, reads the queue, listens. Errors: transient (one runs already), cannotWrite,
    // environment.
    Status start();
    // All jobs save, then `finished`. They go on when a service runs again.
    void shutDown();

  Q_SIGNALS:
    void finished();

  private:
    struct Private;
    std::unique_ptr<Private> private_;
};

}  // namespace understudy::training
