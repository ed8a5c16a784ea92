#include "training/engine/trainer/bench.h"

#include <torch/cuda.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "training/engine/trainer/memory.h"
#include "training/engine/trainer/step_clock.h"
#include "training/engine/trainer/step_engine.h"
#include "training/record/calibration.h"

namespace understudy::training {

namespace {

void waitFor(torch::Device device) {
    if (device.is_cuda()) {
        torch::cuda::synchronize(device.index());
    }
}

// Linear between order statistics.
double percentile(std::vector<double> values, double part) {
    std::sort(values.begin(), values.end());
    const double at = part * static_cast<double>(values.size() - 1);
    const auto low = static_cast<size_t>(at);
    const size_t high = std::min(low + 1, values.size() - 1);
    return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

// The arithmetic a large matrix product reaches, in 10^12 operations a second.
double reachableTflops(torch::Device device, Precision precision) {
    const torch::NoGradGuard noGradient;
    const int64_t size = device.is_cuda() ? 8192 : 1536;
    const auto type = precision == Precision::bf16 ? torch::kBFloat16 : torch::kFloat;
    const torch::Tensor a = torch::rand({size, size}).to(device, type);
    double best = 0;
    for (int i = 0; i < 6; ++i) {
        waitFor(device);
        const double started = monotonicSeconds();
        const torch::Tensor product = torch::mm(a, a);
        waitFor(device);
        const double cube =
            static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(size);
        best = std::max(best, 2 * cube / (monotonicSeconds() - started) / 1e12);
    }
    return best;
}

double rounded(double value) {
    return std::isfinite(value) ? std::stod([&] {
        char text[32];
        std::snprintf(text, sizeof text, "%.5g", value);
        return std::string(text);
    }())
                                : 0;
}

nlohmann::ordered_json phasesOf(StepEngine& engine, int64_t from, double learningRate, int count) {
    StepPhases sum;
    for (int i = 0; i < count; ++i) {
        engine.expect(from + i + 1, 1);
        engine.step(from + i, learningRate, 1, &sum, /*wait=*/true);
    }
    const auto milliseconds = [&](double seconds) { return rounded(seconds * 1000 / count); };
    return {{"data", milliseconds(sum.data)},
            {"forward", milliseconds(sum.forward)},
            {"loss", milliseconds(sum.loss)},
            {"backward", milliseconds(sum.backward)},
            {"communication", milliseconds(sum.communication)},
            {"optimizer", milliseconds(sum.optimizer)},
            {"ema", milliseconds(sum.ema)},
            {"discriminators", milliseconds(sum.discriminators)}};
}

}  // namespace

Result<std::string> benchTraining(const BenchOptions& options) {
    const Plan& plan = options.plan;
    US_TRY(plan.check());
    if (options.steps < 1 || options.warmup < 0) {
        return Error{ErrorCode::usage, "there is nothing to measure", "--steps",
                     "Give 1 step or more"};
    }
    US_ASSIGN(const OwnRank own, takeRank(plan, options.rank));
    const torch::Device device = own.device;
    StoreOptions store;
    store.resolution = plan.resolution;
    store.validationFaces = 0;
    store.eyesMouth = plan.loss.eyesMouth > 0;
    store.device = device;
    store.deviceBudget = freeDeviceBytes(device) / 2;
    store.hostBudget = freeHostBytes() / 2;
    US_ASSIGN(const auto comm, own.join());
    const size_t identities = performersOf(plan).size();
    US_ASSIGN(
        const auto engine,
        StepEngine::make(plan, device,
                         FaceStore::synthetic(store, options.faces, plan.seed, identities), comm));
    US_ASSIGN(const double gmac, forwardGmac(specOf(plan)));
    US_ASSIGN(const int64_t parameters, parameterCount(specOf(plan)));

    int64_t step = 0;
    const auto run = [&] {
        engine->expect(step + 1, 1);
        return engine->step(step++, plan.learningRate, 1).total;
    };
    std::vector<double> seconds;
    torch::Tensor loss;
    for (int i = 0; i < options.warmup; ++i) {
        loss = run();
    }
    waitFor(device);
    if (device.is_cuda()) {
        // Nothing waits between the steps, as in training: all of them are timed together.
        const double started = monotonicSeconds();
        for (int i = 0; i < options.steps; ++i) {
            loss = run();
        }
        waitFor(device);
        seconds.assign(1, (monotonicSeconds() - started) / options.steps);
    } else {
        for (int i = 0; i < options.steps; ++i) {
            const double started = monotonicSeconds();
            loss = run();
            seconds.push_back(monotonicSeconds() - started);
        }
    }
    const uint64_t peak = peakBytes(device);
    const auto phases = phasesOf(*engine, step, plan.learningRate, std::min(options.steps, 6));
    double all = 0;
    for (const auto& phase : phases) {
        all += phase.get<double>();
    }
    const double median = 1 / percentile(seconds, 0.5);
    const double gflop = 6 * gmac * plan.batch;
    const double tflops = gflop * median / 1e3;
    loss = loss.to(torch::kDouble).reshape({1});
    if (comm) {
        comm->average(loss);
    }
    if (own.team && own.team->rank() > 0) {
        US_ASSIGN([[maybe_unused]] const RankOrder end, own.team->take());
        return std::string();
    }
    if (own.team) {
        own.team->give({.kind = RankOrder::Kind::finish});
    }
    const char* const precision = engine->precision() == Precision::bf16 ? "bf16" : "fp32";
    if (!comm) {
        const std::string model = deviceModel(describeMachine(), device.str());
        US_TRY(
            Calibrations(options.calibrations)
                .keep(calibrationKey(plan, 1, precision, model, device.is_cuda() ? 0 : own.threads),
                      median));
    }
    const double reachable = reachableTflops(device, engine->precision());
    const nlohmann::ordered_json json = {
        {"model", plan.model + (plan.switches.empty() ? "" : "-" + plan.switches)},
        {"resolution", plan.resolution},
        {"batch", plan.batch},
        {"accumulate", plan.accumulate},
        {"recompute", plan.recompute},
        {"params", parameters},
        {"gradient_bytes", parameters * (plan.gradients == "bf16" ? 2 : 4)},
        {"device", device.is_cuda() ? device.str() : "cpu x" + std::to_string(own.threads)},
        {"ranks", comm ? comm->size() : 1},
        {"precision", precision},
        {"mode", plan.mode},
        {"steps", options.steps},
        {"it_per_s", rounded(median)},
        {"p10", rounded(1 / percentile(seconds, 0.9))},
        {"p90", rounded(1 / percentile(seconds, 0.1))},
        {"faces_per_s", rounded(2 * plan.batch * median)},
        {"phases_ms", phases},
        {"faces",
         {{"count", static_cast<int64_t>(identities) * options.faces},
          {"bytes", engine->store().bytes()},
          {"kept", faceHomeName(engine->store().home())},
          {"budget_bytes", engine->store().budget()}}},
        {"data_share", rounded(phases["data"].get<double>() / all)},
        {"peak_bytes", peak},
        {"step_gflop", rounded(gflop)},
        {"tflops", rounded(tflops)},
        {"reachable_tflops", rounded(reachable)},
        {"mfu", rounded(tflops / reachable)},
        {"loss", rounded(loss.item<double>())}};
    return json.dump();
}

}  // namespace understudy::training
