// How the jobs of a verb go into the service's queue: at once, after others, before others.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace understudy::cli {

struct Queueing {
    bool detach = false;  // return as soon as they are in the queue
    bool hold = false;    // until they are released
    int64_t priority = 0;
    std::vector<std::string> after;  // jobs that must have finished before

    bool isPlain() const { return !detach && !hold && priority == 0 && after.empty(); }
};

void addPriorityOption(CLI::App& verb, int64_t& priority, const std::string& name);

// --after, --priority and --detach, of the verbs whose work is jobs.
void addQueueing(CLI::App& verb, Queueing& queueing, const std::string& detachHelp);

}  // namespace understudy::cli
