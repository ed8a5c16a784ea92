// A trainer run to its end in this process, with all that it said.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "media/base/sha256.h"
#include "training/engine/trainer/trainer.h"
#include "training/plan/run_folder.h"

namespace understudy::tests {

struct Outcome {
    Status status;
    training::TrainResult result;
    std::vector<training::Message> events;

    template <class Event>
    std::vector<Event> all() const {
        std::vector<Event> found;
        for (const training::Message& event : events) {
            if (const auto* one = std::get_if<Event>(&event)) {
                found.push_back(*one);
            }
        }
        return found;
    }
};

using Watch = std::function<void(const training::Message&, training::Trainer&, std::stop_source&)>;

inline Outcome train(const std::filesystem::path& folder, training::TrainerOptions options = {},
                     const Watch& watch = {}) {
    Outcome outcome;
    std::mutex mutex;
    std::stop_source stop;
    training::Trainer* running = nullptr;
    training::TrainerHooks hooks;
    hooks.stop = stop.get_token();
    hooks.say = [&](const training::Message& event) {
        const std::lock_guard guard(mutex);
        outcome.events.push_back(event);
        if (watch && running) {
            watch(event, *running, stop);
        }
    };
    options.run = folder;
    auto trainer = training::Trainer::open(options, hooks);
    if (!trainer.ok()) {
        outcome.status = trainer.error();
        return outcome;
    }
    running = trainer->get();
    outcome.status = (*trainer)->run();
    outcome.result = (*trainer)->result();
    return outcome;
}

// Stops once that many steps are in the history.
inline Watch stopAt(int64_t step) {
    return [step](const training::Message& event, training::Trainer&, std::stop_source& stop) {
        const auto* done = std::get_if<training::StepFinished>(&event);
        if (done && done->step >= step) {
            stop.request_stop();
        }
    };
}

inline std::vector<training::HistoryLine> historyOf(const std::filesystem::path& folder) {
    uint64_t offset = 0;
    const auto lines = training::readHistory(folder / "history.jsonl", offset);
    REQUIRE(lines.ok());
    return *lines;
}

inline std::string hashOf(const std::filesystem::path& file) {
    const auto hash = sha256OfFile(file);
    REQUIRE(hash.ok());
    return *hash;
}

}  // namespace understudy::tests
