// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs as a queue: what runs, what waits in the order of its turns, what is over; and what the
// service is asked to put one of them elsewhere.
#pragma once

#include <optional>
#include <vector>

#include "ui/models/jobs_model.h"

namespace understudy::ui {

// At work first, then what waits in the order of its turns, then what is over, newest first.
// Indices into `jobs`, which are newest first.
std::vector<size_t> inQueueOrder(const std::vector<JobState>& jobs);

// Waits for its turn, or is held: may be moved and given another priority.
bool waits(const JobState& job);

// One place up (-1) or down (1), or to an end (-2, 2), among those that wait; nothing where it is
// there already.
std::optional<training::ChangeJob> moved(const std::vector<JobState>& jobs, const std::string& job,
                                         int by);
// One step up or down; nothing at the ends of what a person chooses from.
std::optional<training::ChangeJob> withPriority(const JobState& job, int64_t priority);

QString priorityText(int64_t priority);  // "high", "normal", "low", "priority 25"
// Why it waits: "high   after Train r02   held"; empty where there is nothing to say.
QString waitingText(const std::vector<JobState>& jobs, const JobState& job);

}  // namespace understudy::ui
