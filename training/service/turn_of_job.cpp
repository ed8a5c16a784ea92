// What of a job decides when its turn comes: priority, place, and the jobs that it waits for.
#include "training/service/queue_order.h"
#include "training/service/supervised_job.h"

namespace understudy::training {
void SupervisedJob::setTurn(int64_t priority, double place) {
    stored_.info.priority = priority;
    stored_.info.place = place;
    Q_EMIT stateChanged();
    Q_EMIT turnChanged();
}

void SupervisedJob::setAfter(std::vector<std::string> after) {
    stored_.info.after = std::move(after);
    if (info().state == "queued") {
        stored_.info.text = waitingText(info());
    }
    Q_EMIT stateChanged();
    Q_EMIT turnChanged();
}

void SupervisedJob::holdFor(const std::string& job, const Error& why) {
    stored_.info.heldBy = job;
    stored_.info.error = jobError(why);
    setState("paused", "Held: " + why.message);
}

void SupervisedJob::goOnAfterHold() {
    stored_.info.heldBy.clear();
    stored_.info.error.reset();
    setState("queued", waitingText(info()));
    Q_EMIT turnChanged();
}

}  // namespace understudy::training
