#include "training/service/disk_watch.h"

#include <algorithm>

#include "media/base/file.h"
#include "training/plan/run_folder.h"

namespace understudy::training {
namespace {

constexpr double kWellAbove = 1.1;  // of what is warned of, until it is warned of again
constexpr uint64_t kNameLimit = 64;

using Kind = DiskUse::Kind;
using What = DiskAction::What;

bool isTraining(Kind kind) {
    return kind == Kind::training || kind == Kind::paused || kind == Kind::waiting;
}

uint64_t warnBelow(const DiskReading& reading, const DiskLimits& limits) {
    return std::max({limits.warn, limits.pause, 3 * reading.checkpoint});
}

uint64_t pauseBelow(const DiskReading& reading, const DiskLimits& limits) {
    return std::max(limits.pause, 2 * reading.checkpoint);
}

uint64_t lastCheckpoint(const RunFolder& run) {
    const auto latest = readFile(run.latest(), kNameLimit);
    const std::string name = latest.ok() ? latest->substr(0, latest->find('\n')) : "";
    return stepOfName(name) ? bytesIn(run.checkpoints() / name) : 0;
}

std::string roomOf(const DiskReading& reading) {
    return "the disk of " + reading.use.folder.string() + " has " + gibibytes(reading.disk.free) +
           " left";
}

std::string pausedText(const DiskReading& reading, const DiskLimits& limits) {
    return "Paused: " + roomOf(reading) +
           ". Free some space: it goes on by itself when there are " +
           gibibytes(warnBelow(reading, limits));
}

}  // namespace

std::vector<DiskReading> readDisks(const std::vector<DiskUse>& uses) {
    std::vector<DiskReading> readings;
    for (const DiskUse& use : uses) {
        if (const auto disk = diskOf(use.folder)) {
            readings.push_back(
                {use, *disk, isTraining(use.kind) ? lastCheckpoint({use.folder}) : 0});
        }
    }
    return readings;
}

bool DiskWatch::isLow(const DiskReading& reading) const {
    return reading.disk.free < warnBelow(reading, limits_);
}

std::vector<DiskAction> DiskWatch::look(const std::vector<DiskReading>& readings,
                                        DiskLimits limits) {
    limits_ = limits;
    std::vector<DiskAction> actions;
    std::set<std::string> seen;
    std::set<uint64_t> disksOfJobs;
    waiting_.clear();
    const auto act = [&](What what, const DiskReading& reading, std::string text) {
        actions.push_back({what, reading.use.job, std::move(text), reading.use.folder.string()});
    };
    const auto warn = [&](const DiskReading& reading) {
        const uint64_t limit = warnBelow(reading, limits);
        seen.insert(reading.use.job);
        if (reading.disk.free >= limit) {
            if (static_cast<double>(reading.disk.free) > kWellAbove * static_cast<double>(limit)) {
                warned_.erase(reading.use.job);
            }
        } else if (warned_.insert(reading.use.job).second) {
            act(What::warn, reading,
                roomOf(reading) +
                    ": free some space. Trainings that write there are paused below " +
                    gibibytes(pauseBelow(reading, limits)));
        }
    };
    for (const DiskReading& reading : readings) {
        const bool full = reading.disk.free < pauseBelow(reading, limits);
        if (full && isTraining(reading.use.kind)) {
            // Also of one that is resumed by hand before the next look.
            waiting_[reading.use.job] = "Waits for room: " + roomOf(reading) + ", " +
                                        gibibytes(pauseBelow(reading, limits)) + " are needed";
        }
        if (reading.use.kind == Kind::waiting) {
            continue;
        }
        if (reading.use.kind == Kind::paused) {
            const bool enough = reading.disk.free >= warnBelow(reading, limits);
            act(enough ? What::resume : What::say, reading, pausedText(reading, limits));
        } else if (reading.use.kind == Kind::training && full) {
            act(What::pause, reading, pausedText(reading, limits));
        } else if (reading.use.kind != Kind::ownFiles) {
            warn(reading);
        }
        if (reading.use.kind != Kind::ownFiles) {
            disksOfJobs.insert(reading.disk.disk);
        }
    }
    for (const DiskReading& reading : readings) {
        // Once is enough for one disk.
        if (reading.use.kind == Kind::ownFiles && disksOfJobs.count(reading.disk.disk) == 0) {
            warn(reading);
        }
    }
    std::erase_if(warned_, [&](const auto& job) { return seen.count(job) == 0; });
    return actions;
}

std::string DiskWatch::whyNot(const std::string& job) const {
    const auto found = waiting_.find(job);
    return found == waiting_.end() ? "" : found->second;
}

}  // namespace understudy::training
