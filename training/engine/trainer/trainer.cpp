#include "training/engine/trainer/trainer.h"

#include <cmath>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>

#include "training/engine/trainer/trainer_state.h"

namespace understudy::training {

namespace fs = std::filesystem;

std::string resultJson(const TrainResult& result) {
    nlohmann::ordered_json json = {{"run", result.run},         {"step", result.step},
                                   {"seconds", result.seconds}, {"loss", nullptr},
                                   {"validation", nullptr},     {"checkpoint", result.checkpoint},
                                   {"cost", nullptr},           {"gpu_hours", result.cost.gpuHours},
                                   {"energy_kwh", nullptr}};
    if (std::isfinite(result.loss)) {
        json["loss"] = result.loss;
    }
    if (result.validation && std::isfinite(*result.validation)) {
        json["validation"] = *result.validation;
    }
    if (result.cost.cost) {
        json["cost"] = *result.cost.cost;
    }
    if (result.cost.energyKwh) {
        json["energy_kwh"] = *result.cost.energyKwh;
    }
    if (result.communication) {
        json["communication"] = *result.communication;
    }
    if (result.efficiency) {
        json["efficiency"] = *result.efficiency;
    }
    if (result.base) {
        json["base"] = {
            {"folder", result.base->folder.string()}, {"matched", result.base->matched},
            {"copied", result.base->copied},          {"decoders", result.base->decoders},
            {"resized", result.base->resized},        {"fresh", result.base->fresh},
            {"unused", result.base->unused}};
    }
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string resultJson(const BaseExport& result) {
    const nlohmann::ordered_json json = {{"folder", result.folder.string()},
                                         {"step", result.step},
                                         {"parameters", result.parameters},
                                         {"bytes", result.bytes},
                                         {"left", result.left}};
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Trainer::Trainer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Trainer::~Trainer() = default;

Result<std::unique_ptr<Trainer>> Trainer::open(const TrainerOptions& options, TrainerHooks hooks) {
    auto state = std::make_unique<State>(options, std::move(hooks));
    US_TRY(state->orLost([&] { return state->open(); }));
    return std::unique_ptr<Trainer>(new Trainer(std::move(state)));
}

Status Trainer::follow(const TrainerOptions& options) {
    State state(options, TrainerHooks{});
    return state.orLost([&] { return state.follow(); });
}

Status Trainer::run() {
    return state_->orLost([&] { return state_->run(); });
}

TrainResult Trainer::result() const {
    return state_->result();
}

void Trainer::requestCheckpoint() {
    state_->wantCheckpoint = true;
}

void Trainer::requestChanges(std::vector<std::string> settings, const std::string& reason) {
    const std::lock_guard guard(state_->wishMutex);
    state_->wishes.push_back({std::move(settings), reason});
}

void Trainer::requestPreview() {
    state_->wantPreview = true;
}

}  // namespace understudy::training
