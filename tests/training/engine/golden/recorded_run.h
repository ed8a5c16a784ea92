// The recorded losses (record_losses.py), and the same training by ours.
#pragma once

#include <torch/types.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "training/engine/loss/face_loss.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/face_model.h"

namespace understudy::tests {

nlohmann::json recordedRuns();

// "liae-udt" at a resolution, with the dims of a plan.
training::ModelSpec specNamed(const std::string& name, int resolution);
training::ModelSpec smallSpec(const nlohmann::json& recording);

struct RecordedRun {
    std::vector<double> losses;
    std::vector<training::LossTerm> firstTerms;
    std::pair<training::FaceOutput, training::FaceOutput> firstPredictions;
    std::map<std::string, torch::Tensor> firstGradients;  // by parameter; none under autocast
};

struct TrainingStep {
    std::string optimizer;
    double learningRate;
    size_t steps;
    training::Precision precision = training::Precision::fp32;
};

// Trains the network on one batch, with the numbers and on the device that its weights have.
RecordedRun trainOn(training::FaceModel& model, const training::PairBatch& batch,
                    const TrainingStep& how);

// Trains as many steps as were recorded, with numbers of `type`.
RecordedRun repeatRecorded(const nlohmann::json& recording, torch::Device device,
                           torch::ScalarType type, bool channelsLast,
                           training::Precision precision);

}  // namespace understudy::tests
