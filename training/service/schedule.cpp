#include "training/service/schedule.h"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <tuple>

#include "training/plan/changes.h"
#include "training/telemetry/free_space.h"

namespace understudy::training {
namespace {

constexpr const char* kCpu = "cpu";
constexpr const char* kEverything = "everything";  // where it is not known what there is

std::vector<std::string> entriesOf(const std::string& list) {
    std::vector<std::string> entries;
    std::istringstream text(list);
    for (std::string entry; std::getline(text, entry, ',');) {
        if (std::find(entries.begin(), entries.end(), entry) == entries.end()) {
            entries.push_back(entry);
        }
    }
    return entries;
}

std::string enumerated(const std::set<std::string>& words) {
    std::string text;
    size_t left = words.size();
    for (const auto& word : words) {
        text += (text.empty() ? "" : left == 1 ? " and " : ", ") + word;
        --left;
    }
    return text;
}

bool hasRoom(const Machine::Gpu& gpu) {
    return gpu.memoryFree.value_or(kBesideMemory) >= kBesideMemory;
}

uint64_t freeOf(const Machine::Gpu& gpu) {
    return gpu.memoryFree.value_or(gpu.memoryTotal);
}

}  // namespace

const Machine::Gpu* Machine::find(const std::string& uuid) const {
    const auto found =
        std::find_if(gpus.begin(), gpus.end(), [&](const Gpu& gpu) { return gpu.uuid == uuid; });
    return found == gpus.end() ? nullptr : &*found;
}

Claim claimOf(const StartJob& start) {
    // A delivery is a swap by another name.
    Claim claim{start.kind == "deliver" ? "swap" : start.kind, "auto", start.shareDevices};
    if (claim.kind == "train") {
        const RunFolder run{std::filesystem::path(start.project) / "runs" / start.run};
        if (const auto plan = currentPlan(run); plan.ok()) {
            claim.devices = plan->devices;
        }
    } else if (claim.kind == "swap") {
        const auto& words = start.arguments;
        const auto option = std::find(words.begin(), words.end(), "--device");
        if (option != words.end() && option + 1 != words.end()) {
            claim.devices = *(option + 1);
        }
    } else {
        claim.devices = kCpu;
    }
    return claim;
}

// ---- which devices are meant --------------------------------------------------------------------

// GPUs that "auto" and "all" may take, the best first.
std::vector<const Machine::Gpu*> Occupancy::open() const {
    std::vector<const Machine::Gpu*> gpus;
    for (const auto& gpu : machine_.gpus) {
        if (!gpu.reserved) {
            gpus.push_back(&gpu);
        }
    }
    std::stable_sort(gpus.begin(), gpus.end(),
                     [](const auto* a, const auto* b) { return a->memoryTotal > b->memoryTotal; });
    return gpus;
}

// Of everything but "auto" where GPUs are known.
std::vector<std::string> Occupancy::resolved(const std::string& devices) const {
    const bool any = devices == "auto" || devices == "all";
    if (any && machine_.gpus.empty()) {
        return {kEverything};
    }
    std::vector<std::string> list;
    if (any) {
        for (const auto& gpu : machine_.gpus) {
            if (!gpu.reserved) {
                list.push_back(gpu.uuid);
            }
        }
        return list.empty() ? std::vector<std::string>{kCpu} : list;
    }
    for (const std::string& entry : entriesOf(devices)) {
        // One that is not there is left to the program, which says so.
        const auto found =
            std::find_if(machine_.gpus.begin(), machine_.gpus.end(), [&](const Machine::Gpu& gpu) {
                return entry == "cuda:" + std::to_string(gpu.index) ||
                       (entry == "cuda" && gpu.index == 0);
            });
        const std::string& device = found == machine_.gpus.end() ? entry : found->uuid;
        if (std::find(list.begin(), list.end(), device) == list.end()) {
            list.push_back(device);
        }
    }
    return list;
}

std::string Occupancy::nameOf(const std::string& device) const {
    const auto* gpu = machine_.find(device);
    return gpu != nullptr          ? "GPU " + std::to_string(gpu->index)
           : device == kCpu        ? "the CPU"
           : device == kEverything ? "the devices"
                                   : device;
}

// ---- who has them -------------------------------------------------------------------------------

bool Occupancy::isFree(const std::string& device) const {
    return devices_.count(kEverything) == 0 && devices_.count(device) == 0 &&
           (device != kEverything || devices_.empty());
}

std::string Occupancy::waitingText(const std::vector<std::string>& devices) const {
    std::set<std::string> taken, users, ahead;
    for (const auto& [device, holders] : devices_) {
        const bool wanted =
            device == kEverything || std::any_of(devices.begin(), devices.end(), [&](auto& each) {
                return each == kEverything || each == device;
            });
        if (!wanted) {
            continue;
        }
        taken.insert(nameOf(device));
        for (const Holder& holder : holders) {
            (holder.waits ? ahead : users).insert(holder.job);
        }
    }
    std::string text = "Waits for " + enumerated(taken);
    if (!users.empty()) {
        return text + ", used by " + enumerated(users);
    }
    return text + ", after " + enumerated(ahead);
}

void Occupancy::hold(const std::vector<std::string>& devices, const Holder& holder) {
    for (const auto& device : devices) {
        auto& holders = devices_[device];
        // Of those that wait the first is told; there may be thousands.
        const bool toldAlready = holder.waits && std::any_of(holders.begin(), holders.end(),
                                                             [](auto& each) { return each.waits; });
        if (!toldAlready) {
            holders.push_back(holder);
        }
    }
}

void Occupancy::addRunning(const std::string& job, const Claim& claim,
                           const std::vector<std::string>& devices) {
    running_.insert(job);
    if (claim.kind != "train") {
        kinds_[claim.kind] = {job, false};
        return;
    }
    // One that an earlier service started may not say which it has.
    hold(devices.empty() ? resolved(claim.devices) : devices, {job, false});
}

void Occupancy::addWaiting(const std::string& job, const Claim& claim) {
    if (claim.kind != "train") {
        kinds_.try_emplace(claim.kind, Holder{job, true});
        return;
    }
    if (claim.devices == "auto" && !machine_.gpus.empty()) {
        // Nothing is free where it waits for its turn; one that waits for something else keeps one.
        if (const Decision decision = freeGpu(claim.shares); decision.starts) {
            hold(decision.devices, {job, true});
        }
        return;
    }
    hold(resolved(claim.devices), {job, true});
}

// ---- decisions ----------------------------------------------------------------------------------

Decision Occupancy::decide(const Claim& claim) const {
    if (claim.kind == "train") {
        return decideTraining(claim);
    }
    if (const auto other = kinds_.find(claim.kind); other != kinds_.end()) {
        return {false,
                {},
                (other->second.waits ? "Waits its turn after " : "Waits for ") + other->second.job};
    }
    if (std::string text = whyMemory(); !text.empty()) {
        return {false, {}, std::move(text)};
    }
    return claim.kind == "swap" ? decideSwap(claim) : Decision{true, {kCpu}, ""};
}

std::string Occupancy::whyMemory() const {
    const uint64_t available = machine_.memoryAvailable.value_or(kBesideMemory);
    if (running_.empty() || available >= kBesideMemory) {
        return "";
    }
    return "Waits for memory: " + gibibytes(available) + " are available, " +
           gibibytes(kBesideMemory) + " are needed beside " + enumerated(running_);
}

Decision Occupancy::freeGpu(bool shares) const {
    const auto gpus = open();
    if (gpus.empty()) {
        return isFree(kCpu) || shares ? Decision{true, {kCpu}, ""}
                                      : Decision{false, {}, waitingText({kCpu})};
    }
    std::vector<std::string> all;
    for (const auto* gpu : gpus) {
        if (isFree(gpu->uuid)) {
            return {true, {gpu->uuid}, ""};
        }
        all.push_back(gpu->uuid);
    }
    if (!shares) {
        return {false, {}, waitingText(all)};
    }
    const auto* roomiest =
        *std::max_element(gpus.begin(), gpus.end(),
                          [](const auto* a, const auto* b) { return freeOf(*a) < freeOf(*b); });
    return {true, {roomiest->uuid}, ""};
}

Decision Occupancy::decideTraining(const Claim& claim) const {
    if (claim.devices == "auto" && !machine_.gpus.empty()) {
        return freeGpu(claim.shares);
    }
    const auto devices = resolved(claim.devices);
    if (claim.shares || std::all_of(devices.begin(), devices.end(),
                                    [&](const auto& device) { return isFree(device); })) {
        return {true, devices, ""};
    }
    return {false, {}, waitingText(devices)};
}

// Beside a training rather where none is, and where most is free.
Decision Occupancy::decideSwap(const Claim& claim) const {
    std::vector<const Machine::Gpu*> gpus;
    if (claim.devices == "auto") {
        gpus = open();
    } else {
        for (const auto& device : resolved(claim.devices)) {
            if (const auto* gpu = machine_.find(device)) {
                gpus.push_back(gpu);
            }
        }
    }
    if (gpus.empty()) {
        // Not a GPU that we know.
        const bool named = claim.devices != "auto" || machine_.gpus.empty();
        return {true, {named ? claim.devices : kCpu}, ""};
    }
    const auto better = [this](const Machine::Gpu* a, const Machine::Gpu* b) {
        const auto rank = [this](const Machine::Gpu& gpu) {
            return std::tuple(hasRoom(gpu), isFree(gpu.uuid), freeOf(gpu));
        };
        return rank(*a) < rank(*b);
    };
    const Machine::Gpu& best = **std::max_element(gpus.begin(), gpus.end(), better);
    if (hasRoom(best) || running_.empty()) {
        return {true, {best.uuid}, ""};
    }
    return {false,
            {},
            "Waits for memory on " + nameOf(best.uuid) + ": " + gibibytes(freeOf(best)) +
                " are free, " + gibibytes(kBesideMemory) + " are needed"};
}

std::map<std::string, std::string> variablesFor(const Machine& machine, const Claim& claim,
                                                const std::vector<std::string>& devices) {
    if (machine.gpus.empty()) {
        return {};
    }
    const bool byNumber = claim.devices.find("cuda") != std::string::npos;
    std::string visible;
    for (const auto& gpu : machine.gpus) {
        const bool given = std::find(devices.begin(), devices.end(), gpu.uuid) != devices.end();
        if (byNumber || given) {
            visible += (visible.empty() ? "" : ",") + gpu.uuid;
        }
    }
    return {{"CUDA_DEVICE_ORDER", "PCI_BUS_ID"}, {"CUDA_VISIBLE_DEVICES", visible}};
}

}  // namespace understudy::training
