// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/queue_view.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

using training::ChangeJob;
using training::kPriorityStep;

// 0: at work, 1: waits, 2: over.
int partOf(const JobState& job) {
    return !job.active() ? 2 : waits(job) ? 1 : 0;
}

QString titleOf(const std::vector<JobState>& jobs, const std::string& id) {
    for (const JobState& job : jobs) {
        if (job.info.job == id) {
            return text(job.info.title);
        }
    }
    return text(id);
}

}  // namespace

bool waits(const JobState& job) {
    return job.info.state == "queued" || job.info.state == "paused";
}

std::vector<size_t> inQueueOrder(const std::vector<JobState>& jobs) {
    std::vector<size_t> order(jobs.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const int partA = partOf(jobs[a]);
        const int partB = partOf(jobs[b]);
        if (partA != partB || partA != 1) {
            return partA < partB;
        }
        // As the service gives turns; the older of two that stand equal.
        return std::tuple(-jobs[a].info.priority, jobs[a].info.place, b) <
               std::tuple(-jobs[b].info.priority, jobs[b].info.place, a);
    });
    return order;
}

std::optional<ChangeJob> moved(const std::vector<JobState>& jobs, const std::string& job, int by) {
    std::vector<std::string> line;
    for (const size_t index : inQueueOrder(jobs)) {
        if (waits(jobs[index])) {
            line.push_back(jobs[index].info.job);
        }
    }
    const auto at = std::find(line.begin(), line.end(), job);
    if (at == line.end()) {
        return std::nullopt;
    }
    const auto place = at - line.begin();
    const auto last = static_cast<std::ptrdiff_t>(line.size()) - 1;
    ChangeJob request;
    request.job = job;
    if ((by < 0 && place == 0) || (by > 0 && place == last)) {
        return std::nullopt;
    }
    if (by == -2 || by == 2 || (by == 1 && place + 2 > last)) {
        request.move = by < 0 ? "first" : "last";
    } else {
        request.move = "before";
        request.before = line[static_cast<size_t>(by < 0 ? place - 1 : place + 2)];
    }
    return request;
}

std::optional<ChangeJob> withPriority(const JobState& job, int64_t priority) {
    const int64_t wanted = std::clamp(priority, -kPriorityStep, kPriorityStep);
    if (!waits(job) || wanted == job.info.priority) {
        return std::nullopt;
    }
    ChangeJob request;
    request.job = job.info.job;
    request.priority = wanted;
    return request;
}

QString priorityText(int64_t priority) {
    return priority == kPriorityStep               ? JobsModel::tr("high")
           : priority == -kPriorityStep            ? JobsModel::tr("low")
           : priority == training::kNormalPriority ? JobsModel::tr("normal")
                                                   : JobsModel::tr("priority %1").arg(priority);
}

QString waitingText(const std::vector<JobState>& jobs, const JobState& job) {
    if (!waits(job)) {
        return {};
    }
    QStringList reasons;
    if (job.info.priority != training::kNormalPriority) {
        reasons << priorityText(job.info.priority);
    }
    for (const std::string& other : job.info.after) {
        reasons << JobsModel::tr("after %1").arg(titleOf(jobs, other));
    }
    if (!job.info.heldBy.empty()) {
        reasons << JobsModel::tr("held: %1 did not finish").arg(titleOf(jobs, job.info.heldBy));
    } else if (job.info.pauseReason == "disk") {
        reasons << JobsModel::tr("held until there is room on the disk");
    } else if (job.info.state == "paused") {
        reasons << JobsModel::tr("held");
    } else if (job.info.after.empty() && !job.info.text.empty()) {
        reasons << text(job.info.text);
    }
    return reasons.join(QStringLiteral("   "));
}

}  // namespace understudy::ui
