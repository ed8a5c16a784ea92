// Executes one run: goes on from its newest good checkpoint (or begins), trains until it is done or
// asked to stop, and keeps the run folder true the whole time: history, previews, checkpoints.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/engine/checkpoint/base_model.h"
#include "training/protocol/messages.h"
#include "training/ranks/rank_processes.h"
#include "training/ranks/slurm_place.h"
#include "training/record/run_cost.h"

namespace understudy::training {

struct TrainerOptions {
    std::filesystem::path run;  // folder with plan.json and selection.json
    // Which of the plan's devices this process drives: the first starts the processes of the
    // others.
    RankIdentity rank;
    int rankThreads = 0;  // of another than the first: CPU threads, 0 as the plan says
    // In a Slurm job: this task's place, and a folder of this node (which there may be none of)
    // that faces are copied to once before they are read.
    std::optional<SlurmPlace> slurm;
    std::filesystem::path stageIn;
    // Totals of the whole run, not of this execution, so that an interrupted command can simply be
    // given again. Without any of them the plan's `steps` counts.
    std::optional<int64_t> steps;
    std::optional<double> minutes;       // of stepping
    std::optional<double> untilLoss;     // of the smoothed total; at most `steps` even then
    std::optional<int64_t> stopAfter;    // step; unlike `steps` it does not change the schedule
    std::optional<double> pricePerHour;  // of one device
    double saveEverySeconds = 300;       // beside the plan's checkpointEvery
    std::filesystem::path calibrations;  // folder of what one device does alone; empty: none
};

struct TrainerHooks {
    std::function<void(const Message&)> say;  // any thread
    std::stop_token stop;
};

struct TrainResult {
    std::string run;
    int64_t step = 0;
    double seconds = 0;  // of stepping since the run began
    double loss = 0;     // smoothed total; NaN before the first step
    std::optional<double> validation;
    std::string checkpoint;  // folder
    RunCost cost;
    std::optional<double> efficiency, communication;  // of several ranks, as in HistoryLine
    std::optional<BaseReport> base;  // when this execution began the run, from a base
};
// {"run","step","seconds","loss","validation","checkpoint","cost","gpu_hours","energy_kwh"}; cost
// is null without a price, energy where it was not measured. Of several ranks also "communication"
// and, where it is known, "efficiency". With a base also "base":
// {"folder","matched","copied","decoders","resized","fresh","unused"}.
std::string resultJson(const TrainResult& result);
// {"folder","step","parameters","bytes","left"}.
std::string resultJson(const BaseExport& result);

class Trainer {
  public:
    // Loads everything. Errors: usage (plan, faces), missingInput, corruptData, deviceUnavailable,
    // transient (another process trains this run), cannotWrite.
    static Result<std::unique_ptr<Trainer>> open(const TrainerOptions& options, TrainerHooks hooks);
    // Does as rank 0 says until it is told to end. Errors: as open(), transient when rank 0 is
    // gone.
    static Status follow(const TrainerOptions& options);
    ~Trainer();
    Trainer(const Trainer&) = delete;
    Trainer& operator=(const Trainer&) = delete;

    // Until done. Errors: saved (asked to stop; a checkpoint is on disk), diverged, cannotWrite.
    Status run();
    TrainResult result() const;

    // Any thread: done before the next step.
    void requestCheckpoint();
    void requestPreview();
    // `settings` as for --set. What became of it is said as SettingsChanged: it is in
    // changes.jsonl, or was refused and training goes on as before.
    void requestChanges(std::vector<std::string> settings, const std::string& reason);

  private:
    struct State;
    explicit Trainer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace understudy::training
