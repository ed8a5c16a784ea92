#include "training/engine/trainer/step_engine.h"

#include <torch/cuda.h>

#include <malloc.h>

#include <cmath>
#include <thread>

#include "training/engine/model/device.h"
#include "training/engine/trainer/step_clock.h"

namespace understudy::training {

namespace {

void waitFor(torch::Device device) {
    if (device.is_cuda()) {
        torch::cuda::synchronize(device.index());
    }
}

// Adds the time since it was made, or since the last lap, to a phase.
class Laps {
  public:
    Laps(bool on, bool wait, torch::Device device) : on_(on), wait_(wait), device_(device) {
        last_ = on ? monotonicSeconds() : 0;
    }
    void lap(double StepPhases::*phase, StepPhases* into) {
        if (!on_) {
            return;
        }
        if (wait_) {
            waitFor(device_);
        }
        const double now = monotonicSeconds();
        into->*phase += now - last_;
        last_ = now;
    }

  private:
    bool on_, wait_;
    torch::Device device_;
    double last_;
};

}  // namespace

Result<torch::Device> deviceOf(const Plan& plan) {
    const std::vector<std::string> devices = resolveDevices(plan.devices);
    if (devices.size() != 1) {
        return Error{ErrorCode::usage,
                     "the plan asks for " + std::to_string(devices.size()) +
                         " devices, and this trainer drives one; training on several at once is "
                         "not in this version",
                     "devices = " + plan.devices,
                     "Set devices to auto, or to one device such as cuda:0"};
    }
    return openDevice(devices.front());
}

int prepareProcess(const Plan& plan) {
    // A step allocates and frees the same large blocks again and again: keep them, instead of
    // having the kernel zero fresh pages every time.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
    ::mallopt(M_TRIM_THRESHOLD, 2147483647);
    const int threads = plan.threads > 0
                            ? plan.threads
                            : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    torch::set_num_threads(threads);
    setDeterminism(plan.mode == "exact");
    return threads;
}

StepEngine::StepEngine(const Plan& plan, torch::Device device, FaceStore store)
    : plan_(plan), device_(device), store_(std::move(store)) {}

Result<std::unique_ptr<StepEngine>> StepEngine::make(const Plan& plan, torch::Device device,
                                                     FaceStore store) {
    std::unique_ptr<StepEngine> engine(new StepEngine(plan, device, std::move(store)));
    engine->precision_ = choosePrecision(plan.precision, device);
    US_ASSIGN(engine->model_, makeModel(specOf(plan)));
    initialise(*engine->model_, plan.seed);
    engine->model_->to(device);
    useChannelsLast(*engine->model_);
    engine->parameters_ = std::make_shared<FlatParameters>(*engine->model_);
    US_ASSIGN(engine->optimizer_, makeOptimizer(plan.optimizer, engine->parameters_));
    engine->ema_ = std::make_unique<Ema>(engine->parameters_, plan.emaDecay);
    engine->augmenter_ = std::make_unique<Augmenter>(engine->store_, plan.resolution, device);
    engine->adopt(plan);
    return engine;
}

void StepEngine::adopt(const Plan& plan) {
    plan_ = plan;
    loss_ = std::make_unique<FaceLoss>(plan.loss, plan.resolution, device_);
    batches_ =
        std::make_unique<BatchSource>(store_, BatchPlan{plan.augment, plan.seed, plan.batch});
}

void StepEngine::restart() {
    const torch::NoGradGuard noGradient;
    initialise(*model_, plan_.seed);
    for (const NamedTensor& state : optimizer_->state()) {
        state.tensor.zero_();
    }
    restartAverage();
}

void StepEngine::restartAverage() {
    const torch::NoGradGuard noGradient;
    const NamedTensors average = ema_->state();
    const NamedTensors values = parameters_->views(parameters_->values());
    for (size_t i = 0; i < average.size(); ++i) {
        average[i].tensor.copy_(values[i].tensor);
    }
}

LossResult StepEngine::step(int64_t step, double learningRate, double warpStrength,
                            StepPhases* phases, bool wait) {
    Laps laps(phases != nullptr, wait, device_);
    const PairBatch batch =
        augmenter_->make(batches_->training(step, 0, plan_.batch, warpStrength));
    laps.lap(&StepPhases::data, phases);
    parameters_->zeroGradients();
    std::pair<FaceOutput, FaceOutput> faces;
    {
        const AutocastScope autocast(device_, precision_);
        faces = model_->forwardPair(batch.source.warped, batch.destination.warped);
    }
    laps.lap(&StepPhases::forward, phases);
    LossResult loss = (*loss_)(faces, batch);
    laps.lap(&StepPhases::loss, phases);
    loss.total.backward();
    laps.lap(&StepPhases::backward, phases);
    optimizer_->step(learningRate, plan_.clipGradient);
    laps.lap(&StepPhases::optimizer, phases);
    ema_->update(step + 1);
    laps.lap(&StepPhases::ema, phases);
    loss.total = loss.total.detach();
    return loss;
}

double StepEngine::validate() {
    const std::vector<int64_t>& source = store_.side(0).split.validation;
    const std::vector<int64_t>& destination = store_.side(1).split.validation;
    if (source.empty() || destination.empty()) {
        return std::nan("");
    }
    const torch::NoGradGuard noGradient;
    const Ema::Scope average(*ema_);
    const size_t count = std::max(source.size(), destination.size());
    const auto batch = static_cast<size_t>(plan_.batch);
    double sum = 0;
    for (size_t first = 0; first < count; first += batch) {
        std::vector<int64_t> sourceFaces, destinationFaces;
        for (size_t i = first; i < std::min(count, first + batch); ++i) {
            sourceFaces.push_back(source[i % source.size()]);
            destinationFaces.push_back(destination[i % destination.size()]);
        }
        const PairBatch faces = augmenter_->make(BatchSource::plain(sourceFaces, destinationFaces));
        std::pair<FaceOutput, FaceOutput> output;
        {
            const AutocastScope autocast(device_, precision_);
            output = model_->forwardPair(faces.source.warped, faces.destination.warped);
        }
        sum +=
            (*loss_)(output, faces).total.item<double>() * static_cast<double>(sourceFaces.size());
    }
    return sum / static_cast<double>(count);
}

CheckpointTensors StepEngine::tensors() {
    CheckpointTensors tensors;
    tensors.model = parameters_->views(parameters_->values());
    tensors.ema = ema_->state();
    tensors.optimizer = optimizer_->state();
    return tensors;
}

int64_t StepEngine::skippedSteps() const {
    return optimizer_->skippedSteps().item<int64_t>();
}

}  // namespace understudy::training
