#include "tests/training/engine/golden/recorded_run.h"

#include <cmath>
#include <fstream>

#include "training/engine/optimizer/optimizer.h"

namespace understudy::tests {

using namespace training;

namespace {

constexpr uint64_t kSeed = 7;
constexpr double kLearningRate = 5e-4;

// The formula of record_losses.py.
SideBatch formulaSide(int64_t batch, int64_t resolution, int side) {
    SideBatch result;
    result.warped = torch::empty({batch, 3, resolution, resolution}, torch::kDouble);
    result.target = torch::empty_like(result.warped);
    result.mask = torch::empty({batch, 1, resolution, resolution}, torch::kDouble);
    const auto axis = torch::arange(resolution, torch::kDouble) / static_cast<double>(resolution);
    const auto x = axis.view({1, -1}), y = axis.view({-1, 1});
    for (int64_t b = 0; b < batch; ++b) {
        for (int c = 0; c < 3; ++c) {
            const double phase = 0.7 * static_cast<double>(b) + 1.3 * c + 2.1 * side;
            const auto columns = torch::cos(7 * y - phase);
            result.target[b][c] = 0.5 + 0.4 * torch::sin(9 * x + phase) * columns;
            result.warped[b][c] = 0.5 + 0.4 * torch::sin(9 * x + phase + 0.2) * columns;
        }
        const auto radius = (x - 0.5).square() + (y - 0.5).square();
        const double edge = 0.12 + 0.02 * static_cast<double>(b);
        result.mask[b][0] = (4 * (edge - radius) / 0.12).clamp(0, 1);
    }
    return result;
}

}  // namespace

nlohmann::json recordedRuns() {
    std::ifstream file(US_GOLDEN "/losses.json");
    return nlohmann::json::parse(file);
}

ModelSpec specNamed(const std::string& name, int resolution) {
    const auto dash = name.find('-');
    ModelSpec spec;
    spec.model = name.substr(0, dash);
    spec.switches = dash == std::string::npos ? "" : name.substr(dash + 1);
    spec.resolution = resolution;
    return spec;
}

ModelSpec smallSpec(const nlohmann::json& recording) {
    ModelSpec spec = specNamed(recording["model"], recording["resolution"]);
    spec.encoderDims = 4;
    spec.decoderDims = 4;
    spec.maskDims = 2;
    spec.bottleneck = 12;
    return spec;
}

RecordedRun trainOn(FaceModel& model, const PairBatch& batch, const TrainingStep& how) {
    const auto values = model.parameters().front();
    const FaceLoss loss(LossWeights{}, model.spec().resolution, values.device(),
                        values.scalar_type());
    auto parameters = std::make_shared<FlatParameters>(model);
    auto optimizer = makeOptimizer(how.optimizer, parameters).value();
    RecordedRun run;
    for (size_t step = 0; step < how.steps; ++step) {
        std::pair<FaceOutput, FaceOutput> predictions;
        {
            const AutocastScope autocast(values.device(), how.precision);
            predictions = model.forwardPair(batch.source.warped, batch.destination.warped);
        }
        const LossResult result = loss(predictions, batch);
        run.losses.push_back(result.total.item<double>());
        parameters->zeroGradients();
        result.total.backward();
        if (step == 0) {
            run.firstTerms = result.terms;
            run.firstPredictions = predictions;
            for (const auto& item : model.named_parameters()) {
                // Of copies, under autocast: those are not kept.
                if (const auto gradient = item.value().grad(); gradient.defined()) {
                    run.firstGradients[item.key()] = gradient.clone();
                }
            }
        }
        optimizer->step(how.learningRate, 0);
    }
    return run;
}

RecordedRun repeatRecorded(const nlohmann::json& recording, torch::Device device,
                           torch::ScalarType type, bool channelsLast, Precision precision) {
    const ModelSpec spec = smallSpec(recording);
    auto model = makeModel(spec).value();
    initialise(*model, kSeed);
    model->to(device, type);
    if (channelsLast) {
        useChannelsLast(*model);
    }
    PairBatch batch{formulaSide(2, spec.resolution, 0), formulaSide(2, spec.resolution, 1)};
    for (SideBatch* side : {&batch.source, &batch.destination}) {
        for (torch::Tensor* tensor : {&side->warped, &side->target, &side->mask}) {
            *tensor = tensor->to(device, type);
        }
    }
    return trainOn(*model, batch,
                   {recording["optimizer"], kLearningRate, recording["losses"].size(), precision});
}

}  // namespace understudy::tests
