// Warns before a disk fills, and says which trainings to pause before it does and which may go on.
// A pure function of what was measured and of what was said before, so that every case is tested.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "training/telemetry/free_space.h"

namespace understudy::training {

// Who writes where.
struct DiskUse {
    enum class Kind {
        ownFiles,  // of the service
        other,     // a search or a swap at work
        training,  // at work
        paused,    // a training, by this watch
        waiting,   // a training, for its turn
    };
    std::string job;
    std::filesystem::path folder;
    Kind kind = Kind::other;
};

struct DiskReading {
    DiskUse use;
    DiskState disk;
    uint64_t checkpoint = 0;  // bytes of the run's last one
};

// Reads the disks, where they answer. May hang where one does.
std::vector<DiskReading> readDisks(const std::vector<DiskUse>& uses);

struct DiskLimits {
    uint64_t warn = 5ull << 30;   // bytes free; three checkpoints where these are more
    uint64_t pause = 1ull << 30;  // two checkpoints, likewise: one must still fit
};

struct DiskAction {
    enum class What { warn, pause, resume, say };
    What what = What::warn;
    std::string job;  // empty: the service's own files
    std::string text;
    std::string folder;
};

class DiskWatch {
  public:
    // What follows from the readings. A training that was paused goes on when there is as much room
    // as is not warned of; until then `say` tells how much there is.
    std::vector<DiskAction> look(const std::vector<DiskReading>& readings, DiskLimits limits);

    // Why a training that waits must go on waiting for lack of room; empty where it need not, as
    // far as the last readings say.
    std::string whyNot(const std::string& job) const;
    bool isLow(const DiskReading& reading) const;

  private:
    DiskLimits limits_;
    std::set<std::string> warned_;
    std::map<std::string, std::string> waiting_;
};

}  // namespace understudy::training
