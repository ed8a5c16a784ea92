// Saves and restores a run's tensors as the checkpoint folders that training/record describes.
// Written beside and renamed, so a folder with that name is always whole; `latest` names the
// newest.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/engine/model/face_model.h"
#include "training/engine/model/named_tensor.h"
#include "training/record/checkpoint_folder.h"
#include "training/record/keep_policy.h"

namespace understudy::training {

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
    double copySeconds = 0;   // of these, copying out of memory
    double seconds = 0;       // until it was durable
    uint64_t bytes = 0;
};

// How long save() kept its caller, and how much of that the copy out of memory took.
struct SaveTiming {
    double seconds = 0;
    double copySeconds = 0;
};

// One save in flight: the copy out of the device is made by the caller's thread, the rest on a
// thread of the writer's own.
class CheckpointWriter {
  public:
    // Removes what an interrupted save left. `done` is called from the writer's thread after each
    // save, failed ones too; `mayPublish` before a written checkpoint gets its name, and an error
    // of it fails the save.
    CheckpointWriter(std::filesystem::path runFolder, const KeepPolicy& keep,
                     std::function<void(const CheckpointReport&)> done = {},
                     std::function<Status()> mayPublish = {});
    ~CheckpointWriter();  // finishes the save in flight
    CheckpointWriter(const CheckpointWriter&) = delete;
    CheckpointWriter& operator=(const CheckpointWriter&) = delete;

    // From the next save on.
    void keep(const KeepPolicy& policy);
    // Returns when the tensors may be changed again; waits for the save in flight first.
    SaveTiming save(const CheckpointTensors& tensors, const CheckpointInfo& info);
    bool busy() const;
    // Until nothing is in flight; the outcome of the last save.
    Status wait();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

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

}  // namespace understudy::training
