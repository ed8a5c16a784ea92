// Renders one swap in one process: see --help.
#include <cstdio>
#include <cstring>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>

#include "app/renderer/arguments.h"
#include "training/protocol/job_channel.h"
#include "training/protocol/job_state.h"

using namespace understudy;
using training::JobChannel;

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

Result<training::RenderReport> render(const Arguments& arguments, JobChannel& channel) {
    training::RenderEvents events;
    events.progressed = [&](const training::RenderProgress& progress) {
        training::JobProgressed event;
        event.done = static_cast<double>(progress.done);
        event.total = static_cast<double>(progress.total);
        event.unit = "frames";
        event.rate = progress.rate;
        event.secondsLeftLow = progress.secondsLeftLow;
        event.secondsLeftHigh = progress.secondsLeftHigh;
        event.text = "Rendering " + arguments.render.clip;
        channel.send(event);
    };
    events.warned = [&](const std::string& text) {
        training::WarningRaised event;
        event.text = text;
        channel.send(event);
    };
    try {
        return renderClip(arguments.render, events, channel.stopToken());
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::deviceUnavailable, "there is not enough memory to render",
                     arguments.render.clip, "Use a smaller --batch or close other programs."};
    }
}

int finish(JobChannel& channel, const Error& error) {
    return channel.finish(static_cast<int>(error.code), training::jobError(error), "");
}

}  // namespace

int main(int argc, char** argv) {
    const Result<Arguments> arguments = parseArguments(argc, argv);
    if (!arguments) {
        bool lines = false;
        for (int i = 1; i < argc; ++i) {
            lines = lines || std::strcmp(argv[i], "--json-lines") == 0;
        }
        JobChannel channel(lines, false);
        return finish(channel, arguments.error());
    }
    if (arguments->text) {
        std::fputs(arguments->text->c_str(), stdout);
        return 0;
    }
    JobChannel channel(arguments->jsonLines, arguments->followStdin);
    const auto report = render(*arguments, channel);
    if (!report) {
        return finish(channel, report.error());
    }
    return channel.finish(0, std::nullopt, resultJson(*report));
}
