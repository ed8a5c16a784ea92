// One job of the queue with its process, if it has one: starts it, counts its failures, stops it
// with patience, and says what changed.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/base/log.h"
#include "training/client/job_process.h"
#include "training/service/process_work.h"
#include "training/service/queue_store.h"
#include "training/service/schedule.h"
#include "training/service/service_options.h"
#include "training/service/stall_watch.h"

namespace understudy::training {

class SupervisedJob : public QObject {
    Q_OBJECT
  public:
    SupervisedJob(StoredJob stored, const ServiceOptions& options, QObject* parent = nullptr);

    const StoredJob& stored() const { return stored_; }
    const JobInfo& info() const { return stored_.info; }
    bool running() const { return process_ != nullptr; }
    // Whether it waits for nothing but its turn.
    bool ready() const;
    // What it has for itself: as last read, and read again. Reading plans takes time that there is
    // not where thousands wait.
    const Claim& claim();
    const Claim& claimNow();

    // For a job found in the queue whose process an earlier service started: waits until that
    // process is gone (it saves and ends by itself, is asked, and is killed in the end).
    void recover();
    // On these devices, its program told so by these variables.
    void start(std::vector<std::string> devices, std::map<std::string, std::string> variables);
    // Whether the last change of state is on disk: a program runs only when its process is noted.
    void noteKept(const Status& kept) { kept_ = kept; }
    // Save and end, then the state that goes with the wish. Also of jobs that do not run.
    void stop(Wish wish);
    // For the end of the service: whoever ended it (the end of a session does) may have ended the
    // job a moment before. Then it did not save to be paused, and goes on with the next service.
    void goOnIfJustSaved();
    // Back into the queue: paused, failed and cancelled jobs.
    void resume();
    // Where it stands among those that wait, and what it waits for (turn_of_job.cpp).
    void setTurn(int64_t priority, double place);
    void setPlace(double place) { stored_.info.place = place; }  // kept and told by the caller
    void setAfter(std::vector<std::string> after);
    void holdFor(const std::string& job, const Error& why);
    void goOnAfterHold();
    void send(const Message& request);
    // Of one that does not run: what it waits for.
    void sayWaiting(const std::string& text);
    // Pauses one that runs, not because somebody wants it: `why` goes with it until it goes on.
    void pauseFor(const std::string& reason, const JobError& why);
    // To the process; that it was taken, or not, is an event.
    void changeSettings(const ChangeSettings& request);
    // Was taken, by the process or where there is none.
    void takeChange(const SettingsChanged& event);

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
    void refuseStart(const Error& why);
    void finish(JobEnd end);
    void settle(const Verdict& verdict);
    void watchLeftover();
    void lookForStall();
    void refuseSettings();
    void forgetSteps(const std::vector<std::string>& settings);
    void say(LogLevel level, const std::string& text) const;
    void settleLeftover();
    void limitResult(JobFinished& event);
    bool workIsLocked() const;

    StoredJob stored_;
    std::optional<Claim> claim_;
    ServiceOptions options_;
    std::unique_ptr<JobProcess> process_;
    Status kept_;
    std::optional<JobError> pausedFor_;
    bool finishedSaid_ = false;
    QTimer delay_;     // until a retry
    QTimer leftover_;  // looks after an earlier process
    double leftoverAge_ = 0;
    QTimer look_;  // whether its process gets on
    StallWatch stall_;
    ProcessWork lastWork_;
    double lastLook_ = 0;
    std::string stalled_;                                 // what was said when it did not
    std::deque<std::vector<std::string>> settingsAsked_;  // of the process, not answered yet
    QElapsedTimer savedItself_;                           // since it did, without being asked by us
};

}  // namespace understudy::training
