// The order in which jobs that wait get their turn, and where one comes to stand that is moved in
// it. Pure functions, so that every case is tested.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/protocol/messages.h"

namespace understudy::training {

// Higher priority first, then the lower place, then who came first.
bool comesBefore(const JobInfo& a, const JobInfo& b);

// Errors: usage, outside of the range of priorities.
Status checkPriority(int64_t priority);

// Of one that is paused: somebody wants it, and nothing else lets it go on.
inline bool isPausedByHand(const JobInfo& job) {
    return job.pauseReason.empty() && job.heldBy.empty();
}

// What a job that waits for others says of it; empty where it waits for none.
std::string waitingText(const JobInfo& job);

struct Turn {
    int64_t priority = 0;
    double place = 0;
    bool operator==(const Turn&) const = default;
};

// For a job of this turn that is put between the `index` first of a line (in order, without the job
// itself) and the rest: its priority stays where the neighbours allow it, else becomes that of the
// nearer one. None where there is no number left between the places of the neighbours: give all of
// them new ones.
std::optional<Turn> turnAt(const std::vector<Turn>& line, size_t index, Turn own);

// Whether `job` would wait for itself if it waited for `after`; `waitsFor` says what others do.
using WaitsFor = std::function<std::vector<std::string>(const std::string& job)>;
bool wouldWaitForItself(const std::string& job, const std::vector<std::string>& after,
                        const WaitsFor& waitsFor);

}  // namespace understudy::training
