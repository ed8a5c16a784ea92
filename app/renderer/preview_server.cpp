#include "app/renderer/preview_server.h"

#include <string>
#include <utility>

#include "app/renderer/arguments.h"
#include "app/renderer/render.h"
#include "training/protocol/job_state.h"

namespace understudy {

using training::RenderPreview;

PreviewServer::PreviewServer(training::JobChannel& channel) : channel_(channel) {
    channel_.onRequest([this](const training::Message& message) {
        if (const auto* request = std::get_if<RenderPreview>(&message)) {
            take(*request);
        }
    });
}

PreviewServer::~PreviewServer() {
    channel_.onRequest({});
}

void PreviewServer::run() {
    const std::stop_callback onStop(channel_.stopToken(), [this] {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        making_.request_stop();
        changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return ending_ || wanted_; });
        if (ending_) {
            return;
        }
        const RenderPreview request = *std::exchange(wanted_, std::nullopt);
        making_ = std::stop_source();
        const std::stop_token stop = making_.get_token();
        lock.unlock();
        make(request, stop);
        lock.lock();
    }
}

void PreviewServer::take(const RenderPreview& request) {
    std::optional<RenderPreview> forgotten;
    {
        const std::lock_guard lock(mutex_);
        forgotten = std::exchange(wanted_, request);
        making_.request_stop();
        changed_.notify_all();
    }
    if (forgotten) {
        answer(*forgotten, Error{ErrorCode::saved, "a newer preview was asked for", "", ""});
    }
}

void PreviewServer::make(const RenderPreview& request, const std::stop_token& stop) {
    const Result<Arguments> arguments = parseArguments(request.arguments);
    if (!arguments) {
        answer(request, arguments.error());
    } else if (arguments->text || arguments->serve || !arguments->render.preview) {
        answer(request, Error{ErrorCode::usage, "this asks for no preview", "RenderPreview",
                              "Give the words of one render with --preview."});
    } else {
        answer(request, render(arguments->render, channel_, stop, &memory_));
    }
}

void PreviewServer::answer(const RenderPreview& request, const Result<std::string>& result) {
    training::JobFinished finished;
    finished.job = std::to_string(request.request);
    finished.exitCode = result ? 0 : static_cast<int>(result.error().code);
    if (result) {
        finished.result = *result;
    } else {
        finished.error = training::jobError(result.error());
    }
    channel_.send(finished);
}

}  // namespace understudy
