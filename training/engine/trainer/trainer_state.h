// The inside of Trainer: opening a run in trainer_open.cpp, the loop in trainer_loop.cpp.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "media/base/file.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/trainer/history_file.h"
#include "training/engine/trainer/loss_meter.h"
#include "training/engine/trainer/memory_estimate.h"
#include "training/engine/trainer/own_rank.h"
#include "training/engine/trainer/preview.h"
#include "training/engine/trainer/run_lease.h"
#include "training/engine/trainer/run_records.h"
#include "training/engine/trainer/schedule.h"
#include "training/engine/trainer/staged_packs.h"
#include "training/engine/trainer/step_clock.h"
#include "training/engine/trainer/step_engine.h"
#include "training/engine/trainer/trainer.h"
#include "training/plan/changes.h"
#include "training/plan/preview_faces.h"
#include "training/plan/rollbacks.h"
#include "training/plan/run_folder.h"
#include "training/plan/selection.h"

namespace understudy::training {

struct Trainer::State {
    State(const TrainerOptions& given, TrainerHooks givenHooks)
        : options(given), hooks(std::move(givenHooks)), runFolder{given.run} {}
    ~State();

    // ---- trainer_open.cpp ----
    Status open();
    Status loadPlanAndSelection();
    Status makeEngine();
    Status stage(const StagedPacks& staged) const;
    Status waitForAll() const;  // of all ranks
    Status startFromBase();
    std::vector<std::string> otherFaces() const;  // faceset hashes
    Status goOn(const LoadedCheckpoint& checkpoint);
    void openWriter();
    void openRecords(const std::optional<LoadedCheckpoint>& latest);
    // Says how much memory the training will need; a warning where that is more than there is.
    void sayMemory(torch::Device device, uint64_t faceBytes);
    // The Status of `work`; what ran out of memory is told with settings that would fit.
    Status withinMemory(const std::function<Status()>& work) const;
    // The plan as of `stepsDone`; false when no change fell due since the last call.
    Result<bool> applyDueChanges(int64_t stepsDone);
    // Likewise, and the engine goes on with it.
    Status adoptDueChanges(int64_t stepsDone);
    // What was asked for since the last step: into changes.jsonl, for this rank and the others.
    void takeWishes();
    Status take(const std::vector<std::string>& settings, const std::string& reason);

    // ---- trainer_follow.cpp ----
    Status follow();

    // ---- trainer_loop.cpp ----
    Status run();
    TrainResult result() const;
    bool finished() const;
    void trainOneStep();
    Status afterStep();
    Status record(bool withPreview);
    void makePreview();
    std::vector<std::string> previewFaces();  // that were chosen
    Status save();
    Status saveAndWait();
    Status stopNow();
    Status rollBack(double loss);
    Status failedSave();
    void sayProgress(bool always);
    void settleClock();
    double secondsSoFar() const;
    double progress() const;
    void warn(const std::string& text) const;
    // Says what is next to the other ranks, if there are any.
    void tellRanks(const RankOrder& order) const;
    void shareState() const;
    // What `work` says, or why ranks were lost in it.
    template <class Work>
    Status orLost(const Work& work) const {
        try {
            return withinMemory(work);
        } catch (const RanksLost& lost) {
            return own.team->reason(lost.error());
        }
    }
    void sayFresh(const std::vector<std::string>& discriminators) const;

    TrainerOptions options;
    TrainerHooks hooks;
    RunFolder runFolder;

    std::optional<FileLock> lock;
    std::optional<RunLease> lease;  // in a Slurm job
    Plan written;                   // plan.json and the command line
    Plan plan;                      // with the changes so far
    std::vector<PlanChange> changes;
    int64_t changesApplied = -1;  // up to this step
    Selection selection;
    bool hasEyesMouth = false;            // whether the faces have these outlines
    std::vector<std::string> faceHashes;  // of each identity
    RunLength length;

    OwnRank own;  // outlives the engine
    std::unique_ptr<StepEngine> engine;
    std::unique_ptr<CheckpointWriter> writer;
    std::optional<HistoryFile> history;
    std::unique_ptr<RunRecords> records;
    std::unique_ptr<StepClock> clock;
    LossMeter meter;

    int64_t step = 0;        // steps done
    int64_t savedStep = -1;  // of the newest checkpoint, written or in flight
    int64_t recordedStep = -1;
    double lastSave = 0;  // monotonic seconds
    double lastProgress = 0;
    double rateFactor = 1;  // halved each time training diverged
    int rollbacks = 0;
    int64_t skippedSaid = 0;
    std::optional<double> validation;
    int64_t validationStep = -1;  // whose weights that is of
    MemoryTerms memoryTerms;
    uint64_t memoryBefore = 0;       // bytes that were free on the device before anything was made
    std::optional<BaseReport> base;  // that this execution started from
    // A GPU works behind the host: its steps are timed together when the device is waited for.
    double pendingSince = 0, pendingData = 0;
    int64_t pendingSteps = 0;

    std::atomic<bool> wantCheckpoint = false;
    std::atomic<bool> wantPreview = false;
    struct Wish {
        std::vector<std::string> settings;
        std::string reason;
    };
    std::mutex wishMutex;
    std::vector<Wish> wishes;
    std::future<void> pictureInFlight;
    std::vector<std::string> unknownSaid;  // faces that were chosen and are none of the run's

    std::mutex saveMutex;
    std::optional<Error> saveError;
};

}  // namespace understudy::training
