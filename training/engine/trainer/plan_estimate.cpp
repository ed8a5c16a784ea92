#include "training/engine/trainer/plan_estimate.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <tuple>
#include <vector>

#include "training/engine/model/autocast.h"
#include "training/engine/model/device.h"
#include "training/engine/trainer/batch_share.h"
#include "training/engine/trainer/memory.h"
#include "training/engine/trainer/memory_estimate.h"
#include "training/plan/changes.h"
#include "training/plan/run_folder.h"
#include "training/record/calibration.h"
#include "training/record/environment.h"
#include "training/telemetry/nvml.h"

namespace understudy::training {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr size_t kRecentLines = 50;           // of a history, that its speed is taken from
constexpr uint64_t kRecentBytes = 256 << 10;  // that hold so many lines

struct Room {
    uint64_t free = 0, total = 0;
};

// Of the rank's device; ranks on the CPU share the machine's.
std::optional<Room> roomOf(const std::string& device, size_t ranks, const Environment& machine,
                           const std::optional<Nvml>& nvml) {
    if (device == "cpu") {
        return Room{freeHostBytes() / ranks, machine.memoryBytes / ranks};
    }
    const auto uuids = cudaUuids();
    const size_t colon = device.find(':');
    const size_t number = colon == std::string::npos ? 0 : std::stoul(device.substr(colon + 1));
    if (!nvml || number >= uuids.size()) {
        return std::nullopt;
    }
    for (const Nvml::Gpu& gpu : machine.gpus) {
        const auto used = nvml->loadOf(gpu.uuid).memoryUsed;
        if (gpu.uuid == uuids[number] && used && *used <= gpu.memoryBytes) {
            return Room{gpu.memoryBytes - *used, gpu.memoryBytes};
        }
    }
    return std::nullopt;
}

bool isDeviceName(const std::string& name) {
    return name == "cpu" || name == "cuda" ||
           (name.starts_with("cuda:") && name.size() > 5 && name.size() <= 8 &&
            name.find_first_not_of("0123456789", 5) == std::string::npos);
}

struct Rate {
    double perSecond = 0;
    std::string from;
};

auto comparable(const CalibrationKey& key) {
    return std::tie(key.network, key.batch, key.precision, key.device, key.threads);
}

// The median of what a run did lately, if it is one like this.
std::optional<double> rateOf(const RunFolder& run, const CalibrationKey& key, size_t ranks) {
    const auto plan = currentPlan(run);
    const auto starts = readStarts(run.environment());
    if (!plan.ok() || !starts.ok() || starts->empty()) {
        return std::nullopt;
    }
    const Environment& then = starts->back();
    if (then.devices.size() != ranks) {
        return std::nullopt;
    }
    const std::string& device = then.devices.front();
    const CalibrationKey its =
        calibrationKey(*plan, static_cast<int>(ranks), then.precision, deviceModel(then, device),
                       device.starts_with("cuda") ? 0 : then.threads);
    if (comparable(its) != comparable(key)) {
        return std::nullopt;
    }
    // Its end is enough, and a history may be long; a line that is cut is skipped.
    std::error_code unknown;
    const uint64_t bytes = fs::file_size(run.history(), unknown);
    uint64_t offset = !unknown && bytes > kRecentBytes ? bytes - kRecentBytes : 0;
    const auto lines = readHistory(run.history(), offset);
    if (!lines.ok()) {
        return std::nullopt;
    }
    std::vector<double> rates;
    for (auto line = lines->rbegin(); line != lines->rend() && rates.size() < kRecentLines;
         ++line) {
        if (line->iterationsPerSecond > 0) {
            rates.push_back(line->iterationsPerSecond);
        }
    }
    if (rates.empty()) {
        return std::nullopt;
    }
    std::nth_element(rates.begin(), rates.begin() + static_cast<long>(rates.size() / 2),
                     rates.end());
    return rates[rates.size() / 2];
}

// The newest run like it, else what one such device does alone.
std::optional<Rate> rateFor(const EstimateOptions& options, const CalibrationKey& key,
                            size_t ranks) {
    std::vector<std::pair<fs::file_time_type, fs::path>> runs;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(options.runs, failed)) {
        std::error_code ignored;
        const auto time = fs::last_write_time(RunFolder{entry.path()}.history(), ignored);
        if (!ignored) {
            runs.emplace_back(time, entry.path());
        }
    }
    std::sort(runs.rbegin(), runs.rend());
    for (const auto& [time, path] : runs) {
        if (const auto rate = rateOf(RunFolder{path}, key, ranks)) {
            return Rate{*rate, "run " + path.filename().string()};
        }
    }
    if (const auto alone = Calibrations(options.calibrations).rate(key)) {
        return Rate{*alone, "calibration"};
    }
    return std::nullopt;
}

Json partsOf(const MemoryEstimate& estimate) {
    return {{"weights", estimate.weights},         {"gradients", estimate.gradients},
            {"moments", estimate.moments},         {"average", estimate.average},
            {"activations", estimate.activations}, {"faces", estimate.faces},
            {"programs", estimate.programs}};
}

// The least of all devices, since each holds as much.
std::optional<Room> leastRoom(const std::vector<std::string>& devices, const Environment& machine) {
    const bool gpu = devices.front() != "cpu";
    const std::optional<Nvml> nvml = gpu ? Nvml::load() : std::nullopt;
    std::optional<Room> least;
    for (const std::string& device : devices) {
        const auto room = roomOf(device, devices.size(), machine, nvml);
        if (!room) {
            return std::nullopt;
        }
        if (!least || room->free < least->free) {
            least = room;
        }
    }
    return least;
}

}  // namespace

Result<std::string> estimatePlan(const EstimateOptions& options) {
    const Plan& plan = options.plan;
    US_TRY(plan.check());
    const std::vector<std::string> devices = resolveDevices(plan.devices);
    for (const std::string& device : devices) {
        if (!isDeviceName(device)) {
            return Error{ErrorCode::usage, "devices names what is no device here",
                         device.substr(0, 100), "Use cpu, cuda:0, cuda:1 and so on"};
        }
    }
    const size_t ranks = devices.size();
    US_TRY(checkShare(plan, static_cast<int>(ranks)));
    const bool gpu = devices.front() != "cpu";
    const Environment machine = describeMachine();
    const std::optional<Room> room = leastRoom(devices, machine);

    MemoryTerms terms;
    terms.gpu = gpu;
    terms.ranks = static_cast<int>(ranks);
    terms.precision =
        choosePrecision(plan.precision, torch::Device(gpu ? torch::kCUDA : torch::kCPU));
    const int64_t channels = plan.loss.eyesMouth > 0 ? 5 : 4;
    const auto faces = static_cast<uint64_t>(options.faces * channels * plan.resolution) *
                       static_cast<uint64_t>(plan.resolution);
    // A GPU keeps them where they take at most half of what is free.
    terms.faceBytes = gpu && room && faces > room->free / 2 ? 0 : faces;
    US_ASSIGN(const MemoryEstimate estimate, estimateMemory(plan, terms));

    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    const int threads =
        plan.threads > 0 ? plan.threads : std::max(1, cores / static_cast<int>(ranks));
    const char* precision = terms.precision == Precision::bf16 ? "bf16" : "fp32";
    const CalibrationKey key =
        calibrationKey(plan, static_cast<int>(ranks), precision,
                       deviceModel(machine, devices.front()), gpu ? 0 : threads);
    const auto rate = rateFor(options, key, ranks);
    const bool fits = room && estimate.total() <= room->free;
    const auto known = [](bool is, auto value) { return is ? Json(value) : Json(); };
    const Json json = {{"devices", devices},
                       {"precision", precision},
                       {"memory_bytes", estimate.total()},
                       {"parts_bytes", partsOf(estimate)},
                       {"free_bytes", known(room.has_value(), room.value_or(Room()).free)},
                       {"total_bytes", known(room.has_value(), room.value_or(Room()).total)},
                       {"fits", known(room.has_value(), fits)},
                       {"settings", room && !fits ? settingsThatFit(plan, terms, room->free)
                                                  : std::vector<std::string>()},
                       {"it_per_s", known(rate.has_value(), rate.value_or(Rate()).perSecond)},
                       {"rate_from", known(rate.has_value(), rate.value_or(Rate()).from)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace understudy::training
