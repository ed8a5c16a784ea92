// A job program's end of the protocol: events go to stdout as lines, requests come from stdin. Used
// by extractor, trainer and renderer. With `followStdin` the end of stdin means "save and stop";
// without it (a plain srun task) only signals do. SIGPIPE is ignored, SIGTERM and SIGINT ask to
// stop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "training/protocol/messages.h"

namespace understudy::training {

class JobChannel {
  public:
    // `say` false: progress goes to stderr as text instead (a person started the program).
    JobChannel(bool say, bool followStdin);
    ~JobChannel();
    JobChannel(const JobChannel&) = delete;
    JobChannel& operator=(const JobChannel&) = delete;

    // Any thread. Never blocks on a dead reader.
    void send(const Message& event);

    // Asks to stop: StopJob, PauseJob, end of stdin, SIGTERM, SIGINT.
    std::stop_token stopToken() const;

    // Called from the channel's own thread with WriteCheckpoint, WritePreview, ChangeSettings and
    // RenderPreview; those that came before are kept for it. When onRequest returns the handler
    // before is no longer at work, so that what it uses may go. Not from within a handler.
    void onRequest(std::function<void(const Message&)> handler);

    // Sends JobFinished and returns the exit code, for `return channel.finish(...)` in main.
    int finish(int exitCode, std::optional<JobError> error, const std::string& resultJson);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace understudy::training
