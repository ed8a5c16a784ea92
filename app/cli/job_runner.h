// Runs one job to its end, through the service or directly, and shows how far it is.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "app/cli/verbs.h"
#include "media/base/result.h"
#include "training/client/service_client.h"
#include "training/protocol/messages.h"

namespace understudy::cli {

struct JobRequest {
    training::StartJob start;
    bool detachOnInterrupt = false;  // Ctrl-C leaves it running in the service
    std::filesystem::path log;       // of --local; empty: where such jobs log
};

struct JobOutcome {
    std::string job;
    bool detached = false;
    Json result = Json::object();  // the job's own fields; empty when detached
    std::vector<std::string> warnings;
    int64_t step = 0;  // last step that was said
};

// As settings.queue says. Errors: those of the job, with its exit code; saved (85) when it was
// stopped or paused.
Result<JobOutcome> runJob(const Settings& settings, const JobRequest& request);
// One after the other, at least one; the service has all of them from the start, and goes on with
// them where the terminal is closed. The first that fails ends them all.
Result<std::vector<JobOutcome>> runJobs(const Settings& settings,
                                        const std::vector<JobRequest>& requests);

// What a verb says whose jobs go on in the service.
Json detachedResult(const std::vector<JobOutcome>& outcomes);

// Finds the faces of a clip, or cuts those that were found or imported; the type as --type takes
// it.
JobRequest extractRequest(const std::filesystem::path& project, const std::string& clip, int size,
                          const std::string& type, bool replaceImported = false, int person = 0);

// Qt's event loop for everything that speaks with jobs.
void ensureEventLoop();

// A connection for one question. With `start` the service is started if it is absent; without, its
// absence is an error (environment) at once. `ask` must lead to `done` being called.
using Done = std::function<void(Result<Json>)>;
Result<Json> askService(bool start, const std::function<void(training::ServiceClient&, Done)>& ask,
                        double limitSeconds = 30);

// A job as --json shows it.
Json jobToJson(const training::JobInfo& info);

}  // namespace understudy::cli
