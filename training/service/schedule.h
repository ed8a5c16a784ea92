// Which jobs may run beside each other, and on which devices.
//
// Trainings share no device, unless one asks to be begun on devices that others use. "auto" takes
// the best GPU that is free and "all" every one; both leave alone what is reserved for the
// viewport, and take the CPU where no GPU is left for them. One search for faces and one swap run
// beside the trainings, when kBesideMemory is available and, for a swap, as much is free on a GPU;
// a job that is alone on the machine always starts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "training/protocol/messages.h"

namespace understudy::training {

constexpr uint64_t kBesideMemory = 2ull << 30;  // bytes

// What the service knows of the machine when it decides.
struct Machine {
    struct Gpu {
        std::string uuid;
        int index = 0;  // as nvidia-smi counts
        std::string name;
        uint64_t memoryTotal = 0;
        std::optional<uint64_t> memoryFree;
        bool reserved = false;
    };
    // None: the service knows of no GPU, and leaves it to each job what it finds. Then a training
    // on "auto" or "all" has the machine for itself.
    std::vector<Gpu> gpus;
    std::optional<uint64_t> memoryAvailable;

    const Gpu* find(const std::string& uuid) const;
};

// What a job asks for.
struct Claim {
    std::string kind;
    // "auto", "all", "cpu", "cuda:0,cuda:1", UUIDs: a training's plan, a swap's --device.
    std::string devices = "auto";
    bool shares = false;
};
// The devices of a training are those of its run's plan with its changes, "auto" where that cannot
// be read. Reads files.
Claim claimOf(const StartJob& start);

struct Decision {
    bool starts = false;
    std::vector<std::string> devices;  // that it has then: UUIDs, "cpu", or names of a plan
    std::string text;                  // why it does not: "Waits for GPU 0, used by job-12"
};

// What is taken by jobs that run and by those that are further ahead.
class Occupancy {
  public:
    explicit Occupancy(const Machine& machine) : machine_(machine) {}

    Decision decide(const Claim& claim) const;
    void addRunning(const std::string& job, const Claim& claim,
                    const std::vector<std::string>& devices);
    // Those behind it do not take what it waits for.
    void addWaiting(const std::string& job, const Claim& claim);

  private:
    struct Holder {
        std::string job;
        bool waits = false;
    };
    std::vector<std::string> resolved(const std::string& devices) const;
    Decision decideTraining(const Claim& claim) const;
    Decision decideSwap(const Claim& claim) const;
    Decision freeGpu(bool shares) const;
    std::string whyMemory() const;
    std::string waitingText(const std::vector<std::string>& devices) const;
    std::string nameOf(const std::string& device) const;
    void hold(const std::vector<std::string>& devices, const Holder& holder);
    bool isFree(const std::string& device) const;
    std::vector<const Machine::Gpu*> open() const;

    const Machine& machine_;
    std::map<std::string, std::vector<Holder>> devices_;  // of trainings
    std::map<std::string, Holder> kinds_;                 // of searches and swaps
    std::set<std::string> running_;
};

// What a job's program is told of the GPUs that it has: CUDA_VISIBLE_DEVICES by UUID, so that the
// first that it sees is its own. For numbers ("cuda:2") all are told, in nvidia-smi's order. Empty
// where the service knows no GPUs.
std::map<std::string, std::string> variablesFor(const Machine& machine, const Claim& claim,
                                                const std::vector<std::string>& devices);

}  // namespace understudy::training
