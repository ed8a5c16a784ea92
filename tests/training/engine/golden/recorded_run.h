// The recorded losses (record_losses.py), and the same training by ours.
#pragma once

#include <torch/types.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "training/engine/loss/face_loss.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/face_model.h"

namespace understudy::tests {

nlohmann::json recordedRuns();

training::ModelSpec smallSpec(const nlohmann::json& recording);

struct RecordedRun {
    std::vector<double> losses;
    std::vector<training::LossTerm> firstTerms;
};

// Trains as many steps as were recorded, with numbers of `type`.
RecordedRun repeatRecorded(const nlohmann::json& recording, torch::Device device,
                           torch::ScalarType type, bool channelsLast,
                           training::Precision precision);

}  // namespace understudy::tests
