// Jobs as status and queue show them.
#pragma once

#include <vector>

#include "app/cli/verbs.h"
#include "training/protocol/messages.h"

namespace understudy::cli {

// {"jobs":[…]} in the order given. `complete`: all that wait are among them, so that each can be
// told its position, 1 for the next.
Json jobsToJson(const std::vector<training::JobInfo>& jobs, bool complete);

void printJobs(const Json& result);

}  // namespace understudy::cli
