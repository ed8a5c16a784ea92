// A program's connection to the service: requests with an answer each, events as Qt signals. It
// never blocks. When the connection is lost every pending request is rejected at once, and the
// client connects again by itself, waiting longer after each failed attempt; after each connection
// it asks for the jobs and says them all (jobsListed). What was missed meanwhile lies in the run
// folder's files. A service that says nothing for long is asked something small; where it does not
// answer that either (it hangs, or was stopped), the connection counts as lost.
//
// One thread, with an event loop.
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/protocol/messages.h"

namespace understudy::training {

class ServiceClient : public QObject {
    Q_OBJECT
  public:
    enum class State { disconnected, connecting, connected };
    Q_ENUM(State)

    // `program`: what the service sees as its peer's name ("understudy", "understudy-cli").
    explicit ServiceClient(std::string program, QObject* parent = nullptr);
    ~ServiceClient() override;

    // ms without a word before it is asked, and until it counts as lost then.
    struct Patience {
        int quiet = 10000;
        int answer = 20000;
    };
    void setPatience(Patience patience);

    // Keeps connected from now on. With `startIfAbsent` the service is started where none runs;
    // two that start it at once get one service. Without, the client waits for one to appear.
    void connectToService(bool startIfAbsent);
    void disconnectFromService();
    State state() const;

    // The answer to a request: the job it was about, or why it was refused. Requests without a
    // connection are refused at once (transient). Called once, never from within the request
    // itself.
    using Answer = std::function<void(Result<std::string> job)>;
    // `request` is filled in, and of our environment jobVariables() where `environment` is empty.
    void startJob(StartJob start, Answer answer);
    void changeJob(ChangeJob change, Answer answer = {});  // `request` is filled in
    void stopJob(const std::string& job, Answer answer = {});
    void pauseJob(const std::string& job, Answer answer = {});
    void resumeJob(const std::string& job, Answer answer = {});
    void writeCheckpoint(const std::string& job, Answer answer = {});
    void writePreview(const std::string& job, Answer answer = {});
    // `settings` as for --set. That it was done is said by settingsChanged.
    void changeSettings(const std::string& job, std::vector<std::string> settings,
                        const std::string& reason, Answer answer = {});
    void stopService(Answer answer = {});

    // The devices of the machine, who uses them, and how busy it is now.
    using Devices = std::function<void(Result<DevicesListed>)>;
    void listDevices(Devices answer);
    // telemetrySampled once a second from now on, over all connections to come.
    void watchTelemetry(bool on);

    // All pages of a list, newest job first; `what` says of which jobs, `offset` and `limit` are
    // filled in. Without it the jobs that are not over and the newest that are (kRecentJobs).
    using Jobs = std::function<void(Result<std::vector<JobInfo>>)>;
    void listJobs(Jobs answer);
    void listJobs(ListJobs what, Jobs answer);
    // One page, with the number of all jobs that were asked for.
    using Page = std::function<void(Result<JobsListed>)>;
    void listPage(ListJobs what, Page answer);

  Q_SIGNALS:
    // `attempt` counts the failed ones since the last connection.
    void connectionChanged(understudy::training::ServiceClient::State state, int attempt);
    // The service cannot be started or spoken to; the client goes on trying.
    void connectionFailed(const understudy::Error& error);
    // After each connection: the jobs there are, as listJobs() has them. Replaces what was known.
    void jobsListed(const std::vector<understudy::training::JobInfo>& jobs);
    // A new job, or any change of state or progress.
    void jobChanged(const understudy::training::JobInfo& info);
    void stepFinished(const understudy::training::StepFinished& event);
    void previewWritten(const understudy::training::PreviewWritten& event);
    void checkpointWritten(const understudy::training::CheckpointWritten& event);
    void facesFound(const understudy::training::FacesFound& event);
    // Without a job, of the machine.
    void warningRaised(const understudy::training::WarningRaised& event);
    void telemetrySampled(const understudy::training::TelemetrySampled& sample);
    void settingsChanged(const understudy::training::SettingsChanged& event);
    // The job is over for good (finished, failed, cancelled); jobChanged came before.
    void jobFinished(const understudy::training::JobFinished& event);

  private:
    struct Private;
    std::unique_ptr<Private> private_;
};

}  // namespace understudy::training
