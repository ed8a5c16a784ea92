// One job of the queue with its process, if it has one: starts it, counts its failures, stops it
// with patience, and says what changed.
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>

#include "training/client/job_process.h"
#include "training/service/queue_store.h"

namespace understudy::training {

class SupervisedJob : public QObject {
    Q_OBJECT
  public:
    SupervisedJob(StoredJob stored, double retrySeconds, QObject* parent = nullptr);

    const StoredJob& stored() const { return stored_; }
    const JobInfo& info() const { return stored_.info; }
    bool running() const { return process_ != nullptr; }
    // Whether it waits for nothing but its turn.
    bool ready() const;

    // For a job found in the queue whose process an earlier service started: waits until that
    // process is gone (it saves and ends by itself, is asked, and is killed in the end).
    void recover();
    void start();
    // Save and end, then the state that goes with the wish. Also of jobs that do not run.
    void stop(Wish wish);
    // Back into the queue: paused, failed and cancelled jobs.
    void resume();
    void send(const Message& request);

  Q_SIGNALS:
    // State changed: to be kept and told at once.
    void stateChanged();
    // Progress changed.
    void progressed();
    // An event of the job for the clients.
    void eventReceived(const understudy::training::Message& event);
    // Not running and not to be started again: finished, failed, cancelled.
    void over();
    // Could be started now, or made room for others.
    void turnChanged();

  private:
    void setState(const std::string& state, const std::string& text = "");
    void takeEvent(Message event);
    void noteProgress(double progress);
    void finish(JobEnd end);
    void settle(const Verdict& verdict);
    void watchLeftover();
    bool runIsLocked() const;

    StoredJob stored_;
    double retrySeconds_;
    std::unique_ptr<JobProcess> process_;
    double lastSave_ = 0;
    bool finishedSaid_ = false;
    QTimer delay_;     // until a retry
    QTimer leftover_;  // looks after an earlier process
    double leftoverAge_ = 0;
};

}  // namespace understudy::training
