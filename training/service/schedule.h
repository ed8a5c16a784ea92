// Which jobs may run beside each other: trainings that share no device, one extraction, one swap.
#pragma once

#include <set>
#include <string>

#include "training/protocol/messages.h"

namespace understudy::training {

// What a job has for itself while it runs.
struct Claim {
    std::string kind;
    std::set<std::string> devices;  // of a training; empty means all
};

// The devices are those that the run's plan names with its changes; all of them for "auto", "all",
// and a plan that cannot be read. Reads files.
Claim claimOf(const JobInfo& job);

// What is taken by jobs that run and by those that are further ahead.
class Occupancy {
  public:
    bool leavesRoomFor(const Claim& claim) const;
    void add(const Claim& claim);

  private:
    std::set<std::string> kinds_;
    std::set<std::string> devices_;
    bool allDevices_ = false;
};

}  // namespace understudy::training
