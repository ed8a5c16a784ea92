// One job program as a child process: requests on its stdin, its messages from its stdout, its
// stderr into a log that cannot grow without bound. The service supervises with it, and LocalJob
// runs a job without the service.
#pragma once

#include <sys/types.h>

#include <QObject>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/protocol/job_state.h"
#include "training/protocol/messages.h"

namespace understudy::training {

// The job's log: trainer-0.log of the run for training, a file under logFolder() otherwise, with a
// mark of the project, since its clips may be named as those of another.
std::filesystem::path logOfJob(const StartJob& start);

class JobProcess : public QObject {
    Q_OBJECT
  public:
    // `ownGroup`: the job gets a process group of its own, so that what it started ends with it;
    // otherwise it stays in ours and is ended from the terminal together with us.
    explicit JobProcess(bool ownGroup, QObject* parent = nullptr);
    // Kills the process and its children if it still runs: stop it first.
    ~JobProcess() override;

    // Starts the program of the job's kind with "--follow-stdin --json-lines" and the job's
    // arguments. Errors: usage (kind), environment (program missing), missingInput (the project or
    // the run is gone), cannotWrite (log).
    Status start(const StartJob& start, const std::filesystem::path& log);
    // The same in two steps. After the first the process is there and has its number, but waits:
    // its program runs only after the second, and never if we end before. So whoever notes the
    // number between them knows of every program that ever ran, however it ends itself.
    Status prepare(const StartJob& start, const std::filesystem::path& log);
    void letRun();
    bool running() const;
    int64_t pid() const;
    const std::filesystem::path& log() const;

    // The umask of programs that are started from now on; ours if not called.
    void setMask(mode_t mask);

    // Of the environment, for programs that are started from now on; the rest of it is ours.
    void setVariables(std::map<std::string, std::string> variables);

    // Any request for the job (WriteCheckpoint, WritePreview).
    void send(const Message& request);

    // Asks it to save and end; after `patienceSeconds` SIGTERM to it and its children, after a
    // third of that again SIGKILL (killPatience).
    void stop(double patienceSeconds);
    // SIGKILL at once, for one that does not get on: it could not save either.
    void kill();
    // A line of ours in its log, for whoever looks there for the reason.
    void note(const std::string& text);

  Q_SIGNALS:
    // Everything the job says, its Hello and JobFinished among it.
    void eventReceived(const understudy::training::Message& event);
    void ended(understudy::training::JobEnd end);

  private:
    struct Private;
    std::unique_ptr<Private> private_;
};

// Stopping grows with the last save: at least 30 s, three times what it took.
constexpr double kLeastPatience = 30;
double stopPatience(double lastSaveSeconds, double least = kLeastPatience);
// To SIGKILL after SIGTERM, from the start.
double killPatience(double patience);

}  // namespace understudy::training
