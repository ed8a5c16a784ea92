// Saves and restores a run: checkpoints/step-<8 digits>/ with model, ema and optimizer.safetensors,
// state.json and manifest.json. Written beside and renamed, so a folder with that name is always
// whole; `latest` names the newest. Loading verifies size and SHA-256 of every file. Nothing that
// is read can execute.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/engine/model/face_model.h"
#include "training/engine/model/named_tensor.h"

namespace understudy::training {

// state.json: what a run needs beside its tensors.
struct CheckpointInfo {
    int64_t step = 0;
    double seconds = 0;                     // of stepping since the run began
    std::string planJson;                   // plan.json as in force at this step
    std::string sourceFaces;                // faceset hash of the source
    std::string destinationFaces;           // of the destination
    std::string program;                    // version that wrote it; filled in by the writer
    std::map<std::string, double> numbers;  // anything else to go on with, e.g. "smoothed_loss"
};

struct CheckpointTensors {
    NamedTensors model;
    NamedTensors ema;        // may be empty: then there is no such file
    NamedTensors optimizer;  // may be empty
    // All of the discriminators, with weights and moments; names begin with one of
    // kDiscriminators. In the optimizer's file, since only training needs them.
    NamedTensors discriminators = {};
};
constexpr std::array<const char*, 2> kDiscriminators = {"gan.", "true_face."};

struct CheckpointReport {
    int64_t step = 0;
    std::filesystem::path folder;
    Status status;            // cannotWrite: nothing earlier was harmed
    double stallSeconds = 0;  // that save() kept the caller
    double seconds = 0;       // until it was durable
    uint64_t bytes = 0;
};

// One save in flight: the copy out of the device is made by the caller's thread, the rest on a
// thread of the writer's own.
class CheckpointWriter {
  public:
    // Removes what an interrupted save left. `done` is called from the writer's thread after each
    // save, failed ones too. keep: checkpoints to keep, at least 1.
    CheckpointWriter(std::filesystem::path runFolder, int keep,
                     std::function<void(const CheckpointReport&)> done = {});
    ~CheckpointWriter();  // finishes the save in flight
    CheckpointWriter(const CheckpointWriter&) = delete;
    CheckpointWriter& operator=(const CheckpointWriter&) = delete;

    // Returns when the tensors may be changed again; waits for the save in flight first.
    void save(const CheckpointTensors& tensors, const CheckpointInfo& info);
    bool busy() const;
    // Until nothing is in flight; the outcome of the last save.
    Status wait();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

struct LoadedCheckpoint {
    std::filesystem::path folder;
    CheckpointInfo info;
    std::vector<std::string> warnings;  // of newer checkpoints that were passed over as damaged
};

// The newest good checkpoint of a run (the one `latest` names first), every file verified, or
// nothing when there is none at all. Errors: corruptData when there are some but none is good.
Result<std::optional<LoadedCheckpoint>> loadLatest(const std::filesystem::path& runFolder);

// What state.json of one checkpoint folder says. Verifies that file, and the sizes of the others.
// Errors: missingInput, corruptData (names the file; a newer format is named too).
Result<CheckpointInfo> loadInfo(const std::filesystem::path& checkpointFolder);

// As loadInfo, and the hashes of all files.
Result<CheckpointInfo> verifyCheckpoint(const std::filesystem::path& checkpointFolder);

// Copies the tensors of a verified checkpoint into the given ones, which may lie on any device.
// Errors: corruptData naming the tensor that is missing, too many, or of another shape or type;
// then nothing was changed. Leaves the discriminators alone.
Status restore(const std::filesystem::path& checkpointFolder, const CheckpointTensors& into);

// The same for discriminators, which a plan may change from one moment to the next: those that the
// checkpoint lacks or has otherwise are left as they are and returned, by the beginning of their
// names. Errors: corruptData.
Result<std::vector<std::string>> restoreDiscriminators(
    const std::filesystem::path& checkpointFolder, const NamedTensors& into);

// The weights alone, verified; useEma takes the average where the checkpoint has one. Errors: as
// restore.
Status loadWeights(const std::filesystem::path& checkpointFolder, FaceModel& model, bool useEma);

// For `base` (a run folder or a checkpoint folder): copies what fits by name and shape, and returns
// the names of the parameters it has nothing for. Errors: missingInput, corruptData.
Result<std::vector<std::string>> loadBase(const std::filesystem::path& base, FaceModel& model);

}  // namespace understudy::training
