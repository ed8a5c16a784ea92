// What may be set of a service; the defaults are those of the program.
#pragma once

#include <sys/types.h>

#include <optional>

#include "training/client/job_process.h"
#include "training/service/stall_watch.h"

namespace understudy::training {

struct ServiceOptions {
    bool onDemand = false;                  // started by a client: ends by itself when idle
    double idleMinutes = 10;                // without jobs and clients
    double retrySeconds = 2;                // before the first retry of a job, doubled with each
    double leastPatience = kLeastPatience;  // seconds that a job has to save (stopPatience)
    double stallSeconds = kLeastStall;      // the least that a job may be silent (StallWatch)
    double helloSeconds = 10;               // that a client has to say who it is
    std::optional<mode_t> mask;  // umask of the jobs, whose files are not the service's; its own
                                 // where not given
};

}  // namespace understudy::training
