#include "training/engine/trainer/step_engine.h"

#include <torch/cuda.h>

#include <malloc.h>

#include <cmath>
#include <thread>

#include "media/base/check.h"
#include "training/engine/loss/blur_out_mask.h"
#include "training/engine/model/device.h"
#include "training/engine/trainer/step_clock.h"

namespace understudy::training {

namespace {

void waitFor(torch::Device device) {
    if (device.is_cuda()) {
        torch::cuda::synchronize(device.index());
    }
}

// The mean over the parts: `sum` so far, and the loss of one more.
void addMean(const LossResult& loss, int parts, LossResult& sum) {
    const bool first = !sum.total.defined();
    US_CHECK(first || sum.terms.size() == loss.terms.size());
    const auto add = [&](const torch::Tensor& value, torch::Tensor& to) {
        to = first ? value / parts : to + value / parts;
    };
    add(loss.total, sum.total);
    sum.terms.resize(loss.terms.size());
    for (size_t i = 0; i < loss.terms.size(); ++i) {
        sum.terms[i].name = loss.terms[i].name;
        add(loss.terms[i].value, sum.terms[i].value);
    }
}

}  // namespace

// Adds the time since it was made, or since the last lap, to a phase of `into`, if there is one.
class StepEngine::Laps {
  public:
    Laps(StepPhases* into, bool wait, torch::Device device)
        : into_(into), wait_(wait), device_(device), last_(into ? monotonicSeconds() : 0) {}

    void lap(double StepPhases::*phase) {
        if (!into_) {
            return;
        }
        if (wait_) {
            waitFor(device_);
        }
        const double now = monotonicSeconds();
        into_->*phase += now - last_;
        last_ = now;
    }

  private:
    StepPhases* into_;
    bool wait_;
    torch::Device device_;
    double last_;
};

int prepareProcess(const Plan& plan, int ranks) {
    // A step allocates and frees the same large blocks again and again: keep them, instead of
    // having the kernel zero fresh pages every time.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
    ::mallopt(M_TRIM_THRESHOLD, 2147483647);
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    const int threads = plan.threads > 0 ? plan.threads : std::max(1, cores / ranks);
    torch::set_num_threads(threads);
    setDeterminism(plan.mode == "exact");
    return threads;
}

StepEngine::StepEngine(const Plan& plan, torch::Device device, FaceStore store,
                       std::shared_ptr<Comm> comm)
    : plan_(plan), device_(device), store_(std::move(store)), comm_(std::move(comm)) {}

Result<std::unique_ptr<StepEngine>> StepEngine::make(const Plan& plan, torch::Device device,
                                                     FaceStore store, std::shared_ptr<Comm> comm,
                                                     MakeDeviceGraph makeGraph) {
    US_CHECK(!comm || plan.batch % comm->size() == 0);
    US_CHECK(store.identities() == performersOf(plan).size());
    if (plan.paired > 0) {
        US_TRY(sharedMoments(store));
    }
    std::unique_ptr<StepEngine> engine(
        new StepEngine(plan, device, std::move(store), std::move(comm)));
    if (plan.cudaGraphs && device.is_cuda()) {
        makeGraph = makeGraph ? makeGraph : makeCudaGraph;
        US_TRY(makeGraph());  // that there can be one
        useOwnStream(device);
    }
    engine->makeGraph_ = std::move(makeGraph);
    engine->precision_ = choosePrecision(plan.precision, device);
    US_ASSIGN(engine->model_, makeModel(specOf(plan)));
    initialise(*engine->model_, plan.seed);
    engine->model_->to(device);
    useChannelsLast(*engine->model_);
    engine->parameters_ = std::make_shared<FlatParameters>(*engine->model_);
    const bool takingTurns = engine->model_->spec().identities > 2;
    US_ASSIGN(engine->optimizer_,
              makeOptimizer(plan.optimizer, engine->parameters_, plan.weightDecay, takingTurns));
    engine->gradients_ = std::make_unique<StepGradients>(
        engine->parameters_, engine->comm_,
        plan.gradients == "bf16" ? torch::kBFloat16 : torch::kFloat);
    engine->adversary_ = std::make_unique<Adversary>(device, engine->precision_, engine->comm_);
    engine->ema_ = std::make_unique<Ema>(engine->parameters_, plan.emaDecay);
    engine->augmenter_ = std::make_unique<Augmenter>(engine->store_, plan.resolution, device);
    engine->adopt(plan);
    if (device.is_cuda()) {
        engine->prepared_ = std::make_unique<PreparedBatches>(
            device, [made = engine.get()](const BatchKey& key) { return made->makeBatch(key); });
    }
    return engine;
}

BatchKey StepEngine::keyOf(int64_t step, double warpStrength, const BatchPart& part) const {
    const int64_t share = plan_.batch / ranks();
    const int64_t count = share / part.count;
    return {step, rank() * share + part.number * count, count, warpStrength};
}

PairBatch StepEngine::makeBatch(const BatchKey& key) const {
    return batchOf(batches_->training(key.step, key.first, key.count, key.warpStrength));
}

void StepEngine::expect(int64_t step, double warpStrength) {
    expected_ = keyOf(step, warpStrength, {0, plan_.accumulate});
}

PairBatch StepEngine::takeBatch(int64_t step, double warpStrength, const BatchPart& part) {
    const BatchKey key = keyOf(step, warpStrength, part);
    if (!prepared_) {
        return makeBatch(key);
    }
    PairBatch batch = prepared_->take(key);
    if (!part.last()) {
        prepared_->prepare(keyOf(step, warpStrength, {part.number + 1, part.count}));
    } else if (expected_) {
        prepared_->prepare(*expected_);
    }
    return batch;
}

std::vector<std::string> StepEngine::adopt(const Plan& plan) {
    expected_.reset();
    if (prepared_) {
        prepared_->forget();
    }
    US_CHECK(plan.batch / ranks() % plan.accumulate == 0);
    plan_ = plan;
    gradients_->useParts(plan.accumulate);
    model_->recompute(plan.recompute);
    loss_ = std::make_unique<FaceLoss>(plan.loss, plan.resolution, device_);
    style_ = std::make_unique<StyleLoss>(plan.loss, plan.resolution, device_);
    batches_ = std::make_unique<BatchSource>(
        store_, BatchPlan{plan.augment, plan.seed, plan.batch, plan.paired});
    graph_.reset();
    if (plan.cudaGraphs && makeGraph_ && StepGraph::refusal(plan, ranks()).empty()) {
        Result<std::unique_ptr<DeviceGraph>> graph = makeGraph_();
        US_CHECK(graph.ok());
        graph_ = std::make_unique<StepGraph>(
            std::move(*graph),
            [this](const PairBatch& batch) {
                Laps none(nullptr, false, device_);
                return compute(batch, {0, 1}, none);
            },
            [this] {
                if (prepared_) {
                    prepared_->forget();
                }
            });
    }
    return adversary_->adopt(plan);
}

void StepEngine::restart() {
    const torch::NoGradGuard noGradient;
    initialise(*model_, plan_.seed);
    for (const NamedTensor& state : optimizer_->state()) {
        state.tensor.zero_();
    }
    for (const char* name : kDiscriminators) {
        restartDiscriminator(name);
    }
    restartAverage();
}

void StepEngine::share() {
    if (!comm_) {
        return;
    }
    const torch::NoGradGuard noGradient;
    const CheckpointTensors all = tensors();
    for (const NamedTensors* group : {&all.model, &all.ema, &all.optimizer, &all.discriminators}) {
        for (const NamedTensor& named : *group) {
            comm_->broadcast(inMemoryOrder(named.tensor.detach()), 0);
        }
    }
    parameters_->renewCopies();  // nobody counted these writes
    adversary_->renewCopies();
}

void StepEngine::restartAverage() {
    const torch::NoGradGuard noGradient;
    const NamedTensors average = ema_->state();
    const NamedTensors values = parameters_->views(parameters_->values());
    for (size_t i = 0; i < average.size(); ++i) {
        average[i].tensor.copy_(values[i].tensor);
    }
}

PairBatch StepEngine::batchOf(const BatchRequest& request) const {
    PairBatch batch = augmenter_->make(request);
    if (plan_.augment.blurOutMask) {
        blurOutMask(batch);
    }
    return batch;
}

LossResult StepEngine::step(int64_t step, double learningRate, double warpStrength,
                            StepPhases* phases, bool wait) {
    Laps laps(phases, wait, device_);
    LossResult mean;
    for (BatchPart part{0, plan_.accumulate}; part.number < part.count; ++part.number) {
        const PairBatch batch = takeBatch(step, warpStrength, part);
        laps.lap(&StepPhases::data);
        LossResult loss = graph_ ? graph_->run(batch) : compute(batch, part, laps);
        if (graph_) {
            laps.lap(&StepPhases::forward);  // and all to the end of backward
        }
        if (part.count == 1) {
            mean = std::move(loss);
        } else {
            addMean(loss, part.count, mean);
        }
    }
    expected_.reset();
    optimizer_->step(learningRate, plan_.clipGradient, {plan_.lrDropout, plan_.seed, step});
    laps.lap(&StepPhases::optimizer);
    adversary_->learn(learningRate, step);
    laps.lap(&StepPhases::discriminators);
    ema_->update(step + 1);
    laps.lap(&StepPhases::ema);
    return mean;
}

LossResult StepEngine::compute(const PairBatch& batch, const BatchPart& part, Laps& laps) {
    chooseIdentities(batch);
    // Computed again, a decoder that also draws the swap hands its gradients over in two pieces.
    gradients_->begin(part, idle_, plan_.recompute && style_->active());
    CodedPair faces;
    FaceOutput swap;
    {
        const AutocastScope autocast(device_, precision_);
        faces = model_->forwardCoded(batch.source.warped, batch.destination.warped);
        if (style_->active()) {
            swap = model_->drawSwap(faces);
        }
    }
    laps.lap(&StepPhases::forward);
    LossResult loss = (*loss_)({faces.source, faces.destination}, batch);
    if (style_->active()) {
        style_->add(swap, faces.destination, batch.destination, loss);
    }
    laps.lap(&StepPhases::loss);
    adversary_->challenge(faces, batch, loss);
    laps.lap(&StepPhases::discriminators);
    // Losses are means over what they are given.
    (part.count == 1 ? loss.total : loss.total / part.count).backward();
    laps.lap(&StepPhases::backward);
    gradients_->finish(part);
    if (comm_) {
        laps.lap(&StepPhases::communication);
    }
    adversary_->study(part, loss);
    laps.lap(&StepPhases::discriminators);
    loss.total = loss.total.detach();
    return loss;
}

void StepEngine::chooseIdentities(const PairBatch& batch) {
    model_->choose(batch.sourceIdentity, batch.destinationIdentity);
    if (comm_ && store_.identities() > 2) {
        idle_ = parameters_->marked(
            [this](const std::string& name) { return !model_->takesPart(name); });
    }
}

double StepEngine::validate() {
    const size_t count = store_.identities();
    double sum = 0;
    int measured = 0;
    for (size_t i = 0; i < (count == 2 ? 1 : count); ++i) {
        const PairSampler::Pair pair{i, (i + 1) % count};
        if (store_.side(pair.source).split.validation.empty() ||
            store_.side(pair.destination).split.validation.empty()) {
            continue;
        }
        sum += validate(pair);
        ++measured;
    }
    return measured > 0 ? sum / measured : std::nan("");
}

double StepEngine::validate(const PairSampler::Pair& pair) {
    const std::vector<int64_t>& source = store_.side(pair.source).split.validation;
    const std::vector<int64_t>& destination = store_.side(pair.destination).split.validation;
    if (source.empty() || destination.empty()) {
        return std::nan("");
    }
    const torch::NoGradGuard noGradient;
    const Ema::Scope average(*ema_);
    const size_t count = std::max(source.size(), destination.size());
    const auto batch = static_cast<size_t>(plan_.batch / plan_.accumulate);
    double sum = 0;
    const auto mine = static_cast<size_t>(rank());
    for (size_t first = mine * batch; first < count;
         first += batch * static_cast<size_t>(ranks())) {
        std::vector<int64_t> sourceFaces, destinationFaces;
        for (size_t i = first; i < std::min(count, first + batch); ++i) {
            sourceFaces.push_back(source[i % source.size()]);
            destinationFaces.push_back(destination[i % destination.size()]);
        }
        const PairBatch faces = batchOf(BatchSource::plain(sourceFaces, destinationFaces, pair));
        chooseIdentities(faces);
        std::pair<FaceOutput, FaceOutput> output;
        {
            const AutocastScope autocast(device_, precision_);
            output = model_->forwardPair(faces.source.warped, faces.destination.warped);
        }
        sum +=
            (*loss_)(output, faces).total.item<double>() * static_cast<double>(sourceFaces.size());
    }
    if (comm_) {
        const torch::Tensor mean =
            torch::full({1}, sum, torch::device(device_).dtype(torch::kDouble));
        comm_->average(mean);
        sum = mean.item<double>() * ranks();
    }
    return sum / static_cast<double>(count);
}

CheckpointTensors StepEngine::tensors() {
    CheckpointTensors tensors;
    tensors.model = parameters_->views(parameters_->values());
    tensors.ema = ema_->state();
    tensors.optimizer = optimizer_->state();
    tensors.discriminators = adversary_->state();
    return tensors;
}

int64_t StepEngine::skippedSteps() const {
    return optimizer_->skippedSteps().item<int64_t>() + adversary_->skippedSteps();
}

}  // namespace understudy::training
