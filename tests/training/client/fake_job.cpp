// Stands for extractor, trainer and renderer in tests. What it does is told by `--behave` (or
// ${FAKE_BEHAVE} where the arguments are not the test's):
//   finish        three steps of progress and a result
//   wait          until it is asked to save; holds the run's lock; writes checkpoints when asked
//   beat          says every moment that it works until it is asked to save, after a checkpoint
//   pace:N        N steps a second until it is asked to save
//   hungry        asks for more memory than it may have, and ends as a program that is refused it
//   crash         ends itself by SIGKILL         crash-after-save   after a checkpoint, each later
//   transient:N   exit 75 in the first N starts, then as finish
//   error:N       says an error and ends with N   silent:N   ends with N without a word
//   deaf          hears neither requests nor SIGTERM
//   flood:N       N lines of history, then as wait
//   large:N       a result of N bytes
//   noise         prints what is no message, then as finish
// Which GPUs it is shown stands in <starts>.visible.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <vector>

#include "media/base/file.h"
#include "training/protocol/job_channel.h"

using namespace understudy;
using namespace understudy::training;

namespace {

using Options = std::map<std::string, std::string>;

Options optionsOf(int argc, char** argv) {
    Options options;
    if (const char* behave = std::getenv("FAKE_BEHAVE")) {
        options["--behave"] = behave;
    }
    for (int i = 1; i + 1 < argc; ++i) {
        options[argv[i]] = argv[i + 1];
    }
    return options;
}

size_t countStart(const std::string& path) {
    if (path.empty()) {
        return 1;
    }
    const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
    std::ofstream(path + ".visible") << (visible != nullptr ? visible : "not set");
    std::ofstream(path, std::ios::app) << ::getpid() << '\n';
    std::ifstream file(path);
    size_t count = 0;
    for (std::string line; std::getline(file, line);) {
        ++count;
    }
    return count;
}

void progress(JobChannel& channel, double done, double total) {
    channel.send(
        JobProgressed{"", done, total, "steps", 10, total - done, total - done, "Working"});
}

int finish(JobChannel& channel) {
    const char* ocio = std::getenv("OCIO");
    for (int step = 1; step <= 3; ++step) {
        progress(channel, step, 3);
        StepFinished history;
        history.step = step;
        history.loss = 1.0 / step;
        channel.send(history);
    }
    channel.send(WarningRaised{"", "a word of warning"});
    return channel.finish(
        0, std::nullopt,
        R"({"step":3,"seconds":1.5,"loss":0.25,"validation":null,"checkpoint":"c","cost":null,)"
        R"("frames":3,"swapped":2,"passed_through":[7],"ocio":")" +
            std::string(ocio ? ocio : "") + R"("})");
}

int waitForStop(JobChannel& channel, const std::string& run) {
    std::optional<FileLock> lock;
    if (!run.empty()) {
        auto taken = FileLock::acquire(run + "/lock");
        if (!taken.ok()) {
            return channel.finish(75, JobError{75, taken.error().message, run, "Wait"}, "");
        }
        lock = std::move(*taken);
    }
    std::mutex mutex;
    int64_t step = 0;
    channel.onRequest([&](const Message& request) {
        const std::lock_guard guard(mutex);
        ++step;
        if (const auto* change = std::get_if<ChangeSettings>(&request)) {
            channel.send(SettingsChanged{"", change->settings, step, std::nullopt});
        } else if (std::holds_alternative<WriteCheckpoint>(request)) {
            channel.send(WarningRaised{"", "about to save"});
            channel.send(CheckpointWritten{"", step, run + "/step", 0.1, 0.2});
        } else {
            channel.send(PreviewWritten{"", step, run + "/preview"});
        }
    });
    progress(channel, 1, 1000);
    std::condition_variable_any stopped;
    {
        std::unique_lock guard(mutex);
        stopped.wait(guard, channel.stopToken(), [] { return false; });
    }
    channel.onRequest([](const Message&) {});
    if (!run.empty()) {
        std::ofstream(run + "/saves", std::ios::app) << ::getpid() << '\n';
    }
    return channel.finish(85, JobError{85, "saved on request", run, "Resume it"}, "");
}

int beat(JobChannel& channel, const std::string& run) {
    channel.send(CheckpointWritten{"", 1, run + "/step", 0, 0.1});
    const auto stop = channel.stopToken();
    for (double done = 0; !stop.stop_requested(); ++done) {
        progress(channel, done, 1e9);
        ::usleep(20000);
    }
    return channel.finish(85, JobError{85, "saved on request", run, "Resume it"}, "");
}

int pace(JobChannel& channel, int stepsASecond) {
    const auto stop = channel.stopToken();
    auto next = std::chrono::steady_clock::now();
    for (int64_t done = 1; !stop.stop_requested(); ++done) {
        StepFinished step;
        step.step = done;
        step.loss = 1.0 / static_cast<double>(done);
        channel.send(step);
        progress(channel, static_cast<double>(done), 1e9);
        next += std::chrono::nanoseconds(1000000000 / stepsASecond);
        std::this_thread::sleep_until(next);
    }
    return channel.finish(85, JobError{85, "saved on request", "", "Resume it"}, "");
}

int hungry(JobChannel& channel) {
    const rlimit limit{256u << 20, 256u << 20};
    ::setrlimit(RLIMIT_AS, &limit);
    try {
        const std::vector<char> much(size_t{1} << 30, 'x');
        return channel.finish(much.back() == 'x' ? 0 : 1, std::nullopt, "{}");
    } catch (const std::bad_alloc&) {
        return channel.finish(64, JobError{64, "does not fit in memory", "batch", "Lower batch"},
                              "");
    }
}

int behave(const std::string& how, int number, size_t start, const Options& options) {
    if (how == "deaf") {
        for (;;) {
            ::pause();
        }
    }
    if (how == "silent") {
        std::fprintf(stderr, "last words\n");
        return number;
    }
    JobChannel channel(true, true);
    const auto run = options.count("--run") != 0 ? options.at("--run") : "";
    if (how == "crash" || how == "crash-after-save") {
        progress(channel, 1, 3);
        if (how == "crash-after-save") {
            channel.send(CheckpointWritten{"", static_cast<int64_t>(start), run, 0, 0});
        }
        channel.send(WarningRaised{"", "about to crash"});
        // What was sent must have left: the test counts on it.
        ::usleep(50000);
        ::raise(SIGKILL);
    }
    if (how == "transient" && start <= static_cast<size_t>(number)) {
        return channel.finish(75, JobError{75, "not now", "", "Wait"}, "");
    }
    if (how == "error") {
        return channel.finish(number, JobError{number, "as asked", "here", "Ask otherwise"}, "");
    }
    if (how == "flood") {
        for (int i = 1; i <= number; ++i) {
            StepFinished step;
            step.step = i;
            channel.send(step);
            progress(channel, i, number);
        }
        return waitForStop(channel, run);
    }
    if (how == "large") {
        return channel.finish(
            0, std::nullopt,
            R"({"text":")" + std::string(static_cast<size_t>(number) - 11, 'x') + R"("})");
    }
    if (how == "beat") {
        return beat(channel, run);
    }
    if (how == "pace") {
        return pace(channel, number);
    }
    if (how == "hungry") {
        return hungry(channel);
    }
    if (how == "noise") {
        std::printf("{\"message\":\"Unheard\"}\nplain text \xff\n");
    }
    return how == "wait" ? waitForStop(channel, run) : finish(channel);
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = optionsOf(argc, argv);
    const auto option = [&](const char* name, const char* otherwise) {
        const auto found = options.find(name);
        return found == options.end() ? std::string(otherwise) : found->second;
    };
    const std::string how = option("--behave", "finish");
    if (how == "deaf") {
        ::signal(SIGTERM, SIG_IGN);  // before anybody sees that it runs
    }
    const size_t colon = how.find(':');
    const int number = colon == std::string::npos ? 0 : std::atoi(how.c_str() + colon + 1);
    return behave(how.substr(0, colon), number, countStart(option("--starts", "")), options);
}
