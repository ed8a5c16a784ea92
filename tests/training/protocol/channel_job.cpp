// A job that waits until it is asked to stop and says what it was asked. `--flood N`: says N lines
// first. `--quiet`: as a person would start it. `--no-stdin`: does not follow its input.
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "training/protocol/job_channel.h"

using namespace understudy::training;

int main(int argc, char** argv) {
    int flood = 0;
    bool say = true, follow = true;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--flood") == 0) {
            flood = std::atoi(argv[i + 1]);
        }
        say = say && std::strcmp(argv[i], "--quiet") != 0;
        follow = follow && std::strcmp(argv[i], "--no-stdin") != 0;
    }
    JobChannel channel(say, follow);
    std::printf("a library talks\n");
    channel.onRequest([&](const Message& request) {
        if (const auto* write = std::get_if<WriteCheckpoint>(&request)) {
            channel.send(CheckpointWritten{"", write->request, "there", 0, 0});
        }
        if (const auto* write = std::get_if<WritePreview>(&request)) {
            channel.send(PreviewWritten{"", write->request, "there"});
        }
    });
    for (int i = 0; i < flood; ++i) {
        channel.send(JobProgressed{"", double(i), double(flood), "frames", 1, -1, -1, "flooding"});
    }
    channel.send(WarningRaised{"", "ready"});
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait(lock, channel.stopToken(), [] { return false; });
    return channel.finish(85, JobError{85, "saved on request", "", ""}, R"({"step":7})");
}
