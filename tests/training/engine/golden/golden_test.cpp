// Ten recorded losses (record_losses.py) guard the whole of the mathematics: initial weights,
// networks, loss, gradients and optimizers. In double precision, where nothing hides in rounding.
#include <torch/types.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/training/engine/single_thread.h"
#include "training/engine/loss/face_loss.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/face_model.h"
#include "training/engine/optimizer/optimizer.h"

using namespace understudy;
using namespace understudy::training;

namespace {

constexpr uint64_t kSeed = 7;
constexpr double kLearningRate = 5e-4;

nlohmann::json recordings() {
    std::ifstream file(US_GOLDEN "/losses.json");
    return nlohmann::json::parse(file);
}

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

ModelSpec smallSpec(const nlohmann::json& recording) {
    const std::string name = recording["model"];
    const auto dash = name.find('-');
    ModelSpec spec;
    spec.model = name.substr(0, dash);
    spec.switches = dash == std::string::npos ? "" : name.substr(dash + 1);
    spec.resolution = recording["resolution"];
    spec.encoderDims = 4;
    spec.decoderDims = 4;
    spec.maskDims = 2;
    spec.bottleneck = 12;
    return spec;
}

struct Run {
    std::vector<double> losses;
    std::vector<LossTerm> firstTerms;
};

Run train(const nlohmann::json& recording, torch::ScalarType type, bool channelsLast,
          Precision precision) {
    const ModelSpec spec = smallSpec(recording);
    auto model = makeModel(spec).value();
    initialise(*model, kSeed);
    model->to(type);
    if (channelsLast) {
        useChannelsLast(*model);
    }
    PairBatch batch{formulaSide(2, spec.resolution, 0), formulaSide(2, spec.resolution, 1)};
    for (SideBatch* side : {&batch.source, &batch.destination}) {
        for (torch::Tensor* tensor : {&side->warped, &side->target, &side->mask}) {
            *tensor = tensor->to(type);
        }
    }
    const FaceLoss loss(LossWeights{}, spec.resolution, torch::kCPU, type);
    auto parameters = std::make_shared<FlatParameters>(*model);
    auto optimizer = makeOptimizer(recording["optimizer"], parameters).value();
    Run run;
    for (size_t step = 0; step < recording["losses"].size(); ++step) {
        std::pair<FaceOutput, FaceOutput> predictions;
        {
            const AutocastScope autocast(torch::kCPU, precision);
            predictions = model->forwardPair(batch.source.warped, batch.destination.warped);
        }
        const LossResult result = loss(predictions, batch);
        run.losses.push_back(result.total.item<double>());
        if (step == 0) {
            run.firstTerms = result.terms;
        }
        parameters->zeroGradients();
        result.total.backward();
        optimizer->step(kLearningRate, 0);
    }
    return run;
}

}  // namespace

TEST_CASE("training repeats the recorded losses in double precision") {
    for (const auto& recording : recordings()) {
        CAPTURE(recording["model"].get<std::string>(), recording["resolution"].get<int>());
        const Run run = train(recording, torch::kDouble, false, Precision::fp32);
        for (size_t i = 0; i < run.losses.size(); ++i) {
            CAPTURE(i);
            CHECK(run.losses[i] == Approx(recording["losses"][i].get<double>()).epsilon(1e-9));
        }
        REQUIRE(run.firstTerms.size() == recording["first_terms"].size());
        for (const LossTerm& term : run.firstTerms) {
            CAPTURE(term.name);
            CHECK(term.value.item<double>() ==
                  Approx(recording["first_terms"].at(term.name).get<double>()).epsilon(1e-11));
        }
    }
}

TEST_CASE("single precision and channels_last follow the recorded losses") {
    const auto all = recordings();
    for (const size_t index : {1, 2, 3}) {
        CAPTURE(all[index]["model"].get<std::string>());
        const Run run = train(all[index], torch::kFloat, true, Precision::fp32);
        CHECK(run.losses[0] == Approx(all[index]["losses"][0].get<double>()).epsilon(2e-6));
        CHECK(run.losses[2] == Approx(all[index]["losses"][2].get<double>()).epsilon(1e-4));
        CHECK(run.losses.back() == Approx(all[index]["losses"].back().get<double>()).epsilon(5e-3));
    }
}

TEST_CASE("bf16 arithmetic stays near the recorded losses") {
    const auto all = recordings();
    const Run run = train(all[1], torch::kFloat, true, Precision::bf16);
    CHECK(run.losses[0] == Approx(all[1]["losses"][0].get<double>()).epsilon(2e-3));
    CHECK(run.losses.back() == Approx(all[1]["losses"].back().get<double>()).epsilon(2e-2));
}

TEST_CASE("parameters have the recorded names and shapes") {
    for (const auto& recording : recordings()) {
        if (recording["parameters"].empty()) {
            continue;
        }
        const auto model = makeModel(smallSpec(recording)).value();
        std::map<std::string, std::vector<int64_t>> shapes;
        for (const auto& item : model->named_parameters()) {
            shapes[item.key()] = item.value().sizes().vec();
        }
        CHECK(shapes == recording["parameters"].get<std::map<std::string, std::vector<int64_t>>>());
    }
}
