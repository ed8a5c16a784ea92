// ChangeSettings: what a run may change after it began.
#include <algorithm>

#include "training/plan/changes.h"
#include "training/protocol/job_state.h"
#include "training/service/service_private.h"

namespace understudy::training {
namespace {

RunFolder folderOf(const StartJob& start) {
    return RunFolder{std::filesystem::path(start.project) / "runs" / start.run};
}

}  // namespace

// A training that is at work writes its changes itself, since it alone knows at which step; who
// asks hears at once whether they can be allowed.
Result<std::string> Service::Private::changeSettings(const ChangeSettings& request) {
    US_ASSIGN(SupervisedJob * job, find(request.job));
    const std::string& state = job->info().state;
    if (job->info().kind != "train") {
        return Error{ErrorCode::usage, request.job + " is no training", job->info().title,
                     "Only the settings of a training can change"};
    }
    if (request.settings.empty()) {
        return Error{ErrorCode::usage, "no setting is given", request.job,
                     "Write settings as key=value"};
    }
    if (state == "stopping") {
        return Error{ErrorCode::transient, request.job + " is about to end", job->info().title,
                     "Ask again when it has ended"};
    }
    if (!job->running()) {
        US_TRY(changeAtRest(*job, request));
        return request.job;
    }
    US_ASSIGN(const Plan plan, currentPlan(folderOf(job->stored().start)));
    US_TRY(changesAsked(plan, request.settings, 0, request.reason, false));
    job->changeSettings(request);
    return request.job;
}

// Where no process trains the run the changes hold from its newest checkpoint on, as those of
// `train --resume` do.
Status Service::Private::changeAtRest(SupervisedJob& job, const ChangeSettings& request) {
    const RunFolder run = folderOf(job.stored().start);
    US_ASSIGN(const FileLock held, FileLock::acquire(run.lock()));
    US_ASSIGN(const Plan plan, currentPlan(run));
    const auto steps = checkpointSteps(run);
    const int64_t step = steps.empty() ? 0 : steps.back();
    US_ASSIGN(const auto changes, changesAsked(plan, request.settings, step, request.reason, true));
    if (!changes.empty()) {
        US_TRY(appendChanges(run.changes(), changes));
    }
    const SettingsChanged changed{request.job, request.settings, step, std::nullopt};
    job.takeChange(changed);
    tell(changed);
    turnTimer.start();  // its devices may be others now
    return {};
}

}  // namespace understudy::training
