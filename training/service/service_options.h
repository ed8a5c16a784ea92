// What may be set of a service; the defaults are those of the program.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "training/client/job_process.h"
#include "training/service/stall_watch.h"

namespace understudy::training {

struct ServiceOptions {
    bool onDemand = false;                  // started by a client: ends by itself when idle
    std::optional<double> idleMinutes;      // without jobs and clients; the setting if not given
    double retrySeconds = 2;                // before the first retry of a job, doubled with each
    double leastPatience = kLeastPatience;  // seconds that a job has to save (stopPatience)
    double stallSeconds = kLeastStall;      // the least that a job may be silent (StallWatch)
    double helloSeconds = 10;               // that a client has to say who it is
    std::optional<mode_t> mask;  // umask of the jobs, whose files are not the service's; its own
                                 // where not given
    double lookSeconds = 1;      // between looks at the machine (MachineWatch)
    std::string nvmlLibrary = "libnvidia-ml.so.1";
    std::filesystem::path proc = "/proc";
};

}  // namespace understudy::training
