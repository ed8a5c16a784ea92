// Which jobs may run beside each other: trainings that share no device, one extraction, one swap.
#pragma once

#include <set>
#include <string>

#include "training/protocol/messages.h"

namespace understudy::training {

// The run's devices as its plan names them; empty means all ("auto", "all", or a plan that cannot
// be read).
std::set<std::string> devicesOf(const JobInfo& job);

bool mayRunBeside(const JobInfo& job, const JobInfo& running);

}  // namespace understudy::training
