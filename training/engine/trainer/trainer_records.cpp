// What a training says of itself beside its progress: the machine it runs on, the memory it needs.
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/version.h>

#include "media/base/log.h"
#include "training/engine/model/device.h"
#include "training/engine/trainer/failure.h"
#include "training/engine/trainer/trainer_state.h"

namespace understudy::training {

namespace {

const char* nameOf(Precision precision) {
    return precision == Precision::bf16 ? "bf16" : "fp32";
}

// One a rank. On a cluster a plan names those of one node, and the others have the same.
std::vector<std::string> devicesOfRanks(const Plan& plan, const OwnRank& own) {
    std::vector<std::string> devices = resolveDevices(plan.devices);
    const size_t ofOneNode = devices.size();
    const auto ranks = static_cast<size_t>(own.team ? own.team->size() : 1);
    for (size_t i = ofOneNode; i < ranks; ++i) {
        devices.push_back(devices[i % ofOneNode]);
    }
    devices.resize(ranks);
    return devices;
}

}  // namespace

void Trainer::State::openRecords(const std::optional<LoadedCheckpoint>& latest) {
    RunRecords::Start start;
    start.run = runFolder;
    Environment& environment = start.environment;
    environment = describeMachine();
    environment.step = step;
    environment.versions["torch"] = TORCH_VERSION;
    if (own.device.is_cuda()) {
        const auto& cuda = at::detail::getCUDAHooks();
        environment.versions["cuda"] = std::to_string(cuda.versionCUDART());
        environment.versions["cudnn"] = std::to_string(cuda.versionRuntimeCuDNN());
    }
    environment.devices = devicesOfRanks(plan, own);
    environment.threads = own.threads;
    environment.precision = nameOf(engine->precision());
    environment.mode = plan.mode;
    environment.seed = plan.seed;
    environment.sourceFaces = faceHashes[0];
    environment.destinationFaces = faceHashes[1];
    environment.otherFaces = otherFaces();
    environment.steps = options.steps;
    environment.minutes = options.minutes;
    start.pricePerHour = options.pricePerHour;
    start.untilLoss = options.untilLoss;
    start.seconds = clock->seconds();
    start.calibrations = options.calibrations;
    if (latest) {
        start.numbers = latest->info.numbers;
    }
    records = std::make_unique<RunRecords>(start, [this](const std::string& text) { warn(text); });
}

void Trainer::State::sayMemory(torch::Device device, uint64_t faceBytes) {
    memoryTerms.precision = choosePrecision(plan.precision, device);
    memoryTerms.gpu = device.is_cuda();
    memoryTerms.ranks = own.team ? own.team->size() : 1;
    memoryTerms.faceBytes = faceBytes;
    if (!memoryTerms.gpu) {
        memoryBefore /= resolveDevices(plan.devices).size();  // ranks share the machine's
    }
    const auto estimate = estimateMemory(plan, memoryTerms);
    if (!estimate.ok() || options.rank.rank != 0) {
        return;  // the network says what is wrong with the plan when it is made
    }
    logInfo("memory this training needs, estimated: " + memoryText(*estimate) + "; free " +
            bytesText(memoryBefore));
    if (estimate->total() > memoryBefore) {
        std::string text = "about " + bytesText(estimate->total()) +
                           " of memory are needed and only " + bytesText(memoryBefore) +
                           " are free: the training may end for lack of it";
        for (const std::string& setting : settingsThatFit(plan, memoryTerms, memoryBefore)) {
            text += "; it should fit with " + setting;
        }
        warn(text);
    }
}

Status Trainer::State::withinMemory(const std::function<Status()>& work) const {
    try {
        return work();
    } catch (const std::exception& thrown) {
        if (!isOutOfMemory(thrown) && engine && own.device.is_cuda() && isDeviceFailure(thrown)) {
            const auto rank = static_cast<size_t>(own.team ? own.team->rank() : 0);
            return deviceFailure(devicesOfRanks(plan, own)[rank], thrown.what(), step, savedStep);
        }
        if (!isOutOfMemory(thrown)) {
            throw;
        }
        std::string said = thrown.what();
        said = said.substr(0, said.find('\n'));
        return outOfMemory(plan, memoryTerms, memoryBefore, said);
    }
}

}  // namespace understudy::training
