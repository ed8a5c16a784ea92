#include "app/renderer/render.h"

#include <new>
#include <nlohmann/json.hpp>

namespace understudy {
namespace {

std::string resultJson(const training::RenderReport& report) {
    const nlohmann::json result = {{"out", report.out},
                                   {"frames", report.frames},
                                   {"swapped", report.swapped},
                                   {"passed_through", report.passedThrough},
                                   {"made", report.made},
                                   {"seconds", report.seconds},
                                   {"frames_per_s", report.framesPerSecond},
                                   {"checkpoint", report.step},
                                   {"frame_list", report.frameList},
                                   {"version", report.version},
                                   {"restored", report.restored}};
    return result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Result<std::string> render(const training::RenderRequest& request, training::JobChannel& channel,
                           const std::stop_token& stop, training::RenderMemory* memory) {
    training::RenderEvents events;
    events.progressed = [&](const training::RenderProgress& progress) {
        training::JobProgressed event;
        event.done = static_cast<double>(progress.done);
        event.total = static_cast<double>(progress.total);
        event.unit = "frames";
        event.rate = progress.rate;
        event.secondsLeftLow = progress.secondsLeftLow;
        event.secondsLeftHigh = progress.secondsLeftHigh;
        event.text = "Rendering " + request.clip;
        channel.send(event);
    };
    events.warned = [&](const std::string& text) {
        training::WarningRaised event;
        event.text = text;
        channel.send(event);
    };
    try {
        US_ASSIGN(const auto report, renderClip(request, events, stop, memory));
        return resultJson(report);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::deviceUnavailable, "there is not enough memory to render",
                     request.clip, "Use a smaller --batch or close other programs."};
    }
}

}  // namespace understudy
