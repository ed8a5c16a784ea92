// Names one process so that another with the same number, later or after a reboot, is not mistaken
// for it.
#pragma once

#include <cstdint>
#include <string>

namespace understudy::training {

struct ProcessMark {
    int64_t pid = 0;      // 0: none
    std::string started;  // clock ticks since boot, and the boot's own name

    bool operator==(const ProcessMark&) const = default;
};

// Of a process that runs now; without pid if there is none.
ProcessMark markOf(int64_t pid);
bool isAlive(const ProcessMark& mark);
// Whether the machine has not been started again since.
bool isOfThisBoot(const ProcessMark& mark);
// To the process and, where it leads one, its group. Nothing if it is gone.
void signalMarked(const ProcessMark& mark, int number);

}  // namespace understudy::training
