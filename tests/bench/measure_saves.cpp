// How long saving a checkpoint keeps a training waiting: real steps on made-up faces, with a save
// now and then, as the trainer makes them. measure_saves [RESOLUTION] [BATCH] [STEPS] [SAVE_EVERY]
#include <torch/types.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "tests/support/temp_folder.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/model/device.h"
#include "training/engine/trainer/memory.h"
#include "training/engine/trainer/step_clock.h"
#include "training/engine/trainer/step_engine.h"

using namespace understudy;
using namespace understudy::training;

namespace {

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double largest(const std::vector<double>& values) {
    return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

struct Saves {
    std::vector<double> steps, copies, stalls;  // seconds
    uint64_t bytes = 0;
    double written = 0;  // seconds until the last one was durable
};

Result<Saves> measure(const Plan& plan, int steps, int every) {
    US_ASSIGN(const torch::Device device, openDevice(resolveDevices(plan.devices).front()));
    prepareProcess(plan);
    StoreOptions store;
    store.resolution = plan.resolution;
    store.validationFaces = 0;
    store.device = device;
    store.deviceBudget = freeDeviceBytes(device) / 2;
    US_ASSIGN(const auto engine,
              StepEngine::make(plan, device, FaceStore::synthetic(store, 64, plan.seed)));
    Saves saves;
    const tests::TempFolder folder;
    CheckpointWriter writer(folder.path(), {.newest = 2}, [&](const CheckpointReport& report) {
        saves.bytes = report.bytes;
        saves.written = report.seconds;
    });
    for (int step = 1; step <= steps; ++step) {
        const double started = monotonicSeconds();
        const LossResult loss = engine->step(step - 1, plan.learningRate, 1);
        [[maybe_unused]] const double waited = loss.total.item<double>();  // for the device
        saves.steps.push_back(monotonicSeconds() - started);
        if (step % every == 0) {
            US_TRY(writer.wait());  // a run saves minutes apart, long after the save before
            const double saving = monotonicSeconds();
            CheckpointInfo info;
            info.step = step;
            info.planJson = planToJson(plan);
            const SaveTiming timing = writer.save(engine->tensors(), info);
            saves.copies.push_back(timing.copySeconds);
            saves.stalls.push_back(monotonicSeconds() - saving - timing.copySeconds);
        }
    }
    US_TRY(writer.wait());
    return saves;
}

}  // namespace

int main(int argc, char** argv) {
    const auto number = [&](int at, int otherwise) {
        return argc > at ? std::atoi(argv[at]) : otherwise;
    };
    Plan plan;
    plan.resolution = number(1, 128);
    plan.batch = number(2, 4);
    const Result<Saves> saves =
        measure(plan, std::max(1, number(3, 24)), std::max(1, number(4, 8)));
    if (!saves.ok()) {
        std::fprintf(stderr, "%s\n", describe(saves.error()).c_str());
        return static_cast<int>(saves.error().code);
    }
    std::printf(
        "{\"resolution\":%d,\"batch\":%d,\"saves\":%zu,\"bytes\":%llu,\"step_ms\":%.1f,"
        "\"copy_ms\":%.1f,\"stall_ms\":%.2f,\"stall_ms_most\":%.2f,\"written_s\":%.2f}\n",
        plan.resolution, plan.batch, saves->stalls.size(),
        static_cast<unsigned long long>(saves->bytes), 1000 * median(saves->steps),
        1000 * median(saves->copies), 1000 * median(saves->stalls), 1000 * largest(saves->stalls),
        saves->written);
    return 0;
}
