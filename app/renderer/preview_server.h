// Renders previews one after the other, as they are asked for on stdin, and keeps what the next one
// needs too. What counts is the newest request: one that waits is forgotten for it, and one that is
// being made is given up. Each is answered by one JobFinished.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>

#include "training/protocol/job_channel.h"
#include "training/protocol/messages.h"
#include "training/swap/render_memory.h"

namespace understudy {

class PreviewServer {
  public:
    explicit PreviewServer(training::JobChannel& channel);
    ~PreviewServer();

    void run();  // until the channel is asked to stop

  private:
    void take(const training::RenderPreview& request);
    void make(const training::RenderPreview& request, const std::stop_token& stop);
    void answer(const training::RenderPreview& request, const Result<std::string>& result);

    training::JobChannel& channel_;
    training::RenderMemory memory_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<training::RenderPreview> wanted_;
    std::stop_source making_;
    bool ending_ = false;
};

}  // namespace understudy
