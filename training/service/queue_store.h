// The queue on disk: what runs, what waits, what has run. Every change is durable when the call
// returns, so that a service that is killed is followed by one that knows all of it. Jobs that are
// over stay, so that their history can be read page by page.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/protocol/messages.h"
#include "training/service/process_mark.h"
#include "training/service/restart_policy.h"

namespace understudy::training {

struct StoredJob {
    int64_t id = 0;
    StartJob start;
    JobInfo info;
    Wish wish = Wish::run;
    ProcessMark process;
    int retries = 0;
    double progress = 0;  // the furthest it came: step of the last checkpoint, or frames done
    double lastSave = 0;  // seconds
    bool begun = false;   // since it was asked for, so that info.started is that time
};

std::string nameOfJob(int64_t id);             // "job-17"
int64_t numberOfJob(const std::string& name);  // 0 for a name that is none

class QueueStore {
  public:
    // A damaged file is moved aside (and said), not fatal: jobs can be started again, their results
    // lie in the projects. Errors: cannotWrite, corruptData (written by a newer version).
    static Result<QueueStore> open(const std::filesystem::path& path);
    QueueStore(QueueStore&&) noexcept;
    QueueStore& operator=(QueueStore&&) noexcept;
    ~QueueStore();

    // Those that are not over and the `recent` newest that are, ascending by id. Rows that cannot
    // be read are left out and said; where the file is damaged it is moved aside, and the rows
    // before the damage go into a new one.
    Result<std::vector<StoredJob>> load(int64_t recent);
    // Without its job where there is none. Errors: corruptData, cannotWrite.
    Result<std::optional<StoredJob>> find(int64_t id);
    // What was asked for, without `request`.
    Result<JobsListed> page(const ListJobs& request);
    // Gives a new job its number and its name "job-<number>"; all of it or nothing.
    Status add(StoredJob& job);
    Status save(const StoredJob& job);
    Status save(const std::vector<StoredJob>& jobs);  // all or none
    // Forgets the oldest of those that are over, all but `kept`.
    Status trim(int64_t kept);

  private:
    struct State;
    explicit QueueStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace understudy::training
