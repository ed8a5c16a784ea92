// Finds faces in one clip in one process: see --help.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "app/extractor/arguments.h"
#include "training/protocol/job_channel.h"
#include "training/protocol/job_state.h"

using namespace understudy;
using training::JobChannel;

namespace {

// Progress with a rate and what is left, of the part that this run does.
class Progress {
  public:
    explicit Progress(JobChannel& channel) : channel_(channel) {}

    void tell(double done, double total, const std::string& text) {
        const auto now = std::chrono::steady_clock::now();
        if (!begun_) {
            begun_ = true;
            first_ = done;
            start_ = now;
        }
        const double seconds = std::chrono::duration<double>(now - start_).count();
        training::JobProgressed event;
        event.done = done;
        event.total = total;
        event.unit = "frames";
        event.text = text;
        if (seconds > 0.5 && done > first_) {
            event.rate = (done - first_) / seconds;
            event.secondsLeftLow = 0.8 * (total - done) / event.rate;
            event.secondsLeftHigh = 1.3 * (total - done) / event.rate;
        }
        channel_.send(event);
    }

  private:
    JobChannel& channel_;
    bool begun_ = false;
    double first_ = 0;
    std::chrono::steady_clock::time_point start_;
};

Result<media::ExtractResult> extract(const Arguments& arguments, JobChannel& channel) {
    Progress progress(channel);
    media::ExtractEvents events;
    events.progressed = [&](double done, double total, const std::string& text) {
        progress.tell(done, total, text);
    };
    events.batchFound = [&](int64_t first, int64_t last, int64_t found) {
        training::FacesFound event;
        event.clip = arguments.clip;
        event.firstFrame = first;
        event.lastFrame = last;
        event.found = found;
        channel.send(event);
    };
    events.warned = [&](const std::string& text) {
        training::WarningRaised event;
        event.text = text;
        channel.send(event);
    };
    try {
        US_ASSIGN(media::Project project, media::Project::open(arguments.project));
        return extractClip(project, arguments.clip, arguments.extract, events, channel.stopToken());
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::environment, "there is not enough memory to find faces",
                     arguments.clip, "Close other programs or use fewer --threads"};
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
    const auto result = extract(*arguments, channel);
    if (!result) {
        return finish(channel, result.error());
    }
    return channel.finish(0, std::nullopt, toJson(*result));
}
