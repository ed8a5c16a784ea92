#include "training/service/queue_order.h"

#include <algorithm>
#include <set>

#include "training/service/queue_store.h"

namespace understudy::training {

bool comesBefore(const JobInfo& a, const JobInfo& b) {
    if (a.priority != b.priority) {
        return a.priority > b.priority;
    }
    if (a.place != b.place) {
        return a.place < b.place;
    }
    return numberOfJob(a.job) < numberOfJob(b.job);
}

Status checkPriority(int64_t priority) {
    if (priority >= -kPriorityLimit && priority <= kPriorityLimit) {
        return {};
    }
    return Error{ErrorCode::usage, "priority " + std::to_string(priority) + " is out of range", "",
                 "Priorities go from -" + std::to_string(kPriorityLimit) + " to " +
                     std::to_string(kPriorityLimit)};
}

std::string waitingText(const JobInfo& job) {
    std::string text;
    for (const auto& other : job.after) {
        text += (text.empty() ? "Waits for " : ", ") + other;
    }
    return text;
}

std::optional<Turn> turnAt(const std::vector<Turn>& line, size_t index, Turn own) {
    const Turn* ahead = index > 0 ? &line[index - 1] : nullptr;
    const Turn* behind = index < line.size() ? &line[index] : nullptr;
    Turn turn = own;
    if (ahead != nullptr) {
        turn.priority = std::min(turn.priority, ahead->priority);
    }
    if (behind != nullptr) {
        turn.priority = std::max(turn.priority, behind->priority);
    }
    const bool besideAhead = ahead != nullptr && ahead->priority == turn.priority;
    const bool besideBehind = behind != nullptr && behind->priority == turn.priority;
    if (besideAhead && besideBehind) {
        turn.place = ahead->place + (behind->place - ahead->place) / 2;
        if (!(ahead->place < turn.place && turn.place < behind->place)) {
            return std::nullopt;
        }
    } else if (besideAhead) {
        turn.place = ahead->place + 1;
    } else if (besideBehind) {
        turn.place = behind->place - 1;
    }
    return turn;
}

bool wouldWaitForItself(const std::string& job, const std::vector<std::string>& after,
                        const WaitsFor& waitsFor) {
    std::set<std::string> seen;
    std::vector<std::string> open = after;
    while (!open.empty()) {
        const std::string next = open.back();
        open.pop_back();
        if (next == job) {
            return true;
        }
        if (seen.insert(next).second) {
            for (auto& further : waitsFor(next)) {
                open.push_back(std::move(further));
            }
        }
    }
    return false;
}

}  // namespace understudy::training
