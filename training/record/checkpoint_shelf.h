// The checkpoints folder of a run: finished checkpoints are put in their place, named by `latest`
// and `best`, and pruned. A process may end between any two operations: a folder with the name of a
// checkpoint is always whole, and what `latest` and `best` name is there.
#pragma once

#include <cstdint>
#include <filesystem>

#include "media/base/result.h"
#include "training/plan/run_folder.h"
#include "training/record/keep_policy.h"

namespace understudy::training {

class CheckpointShelf {
  public:
    explicit CheckpointShelf(const std::filesystem::path& runFolder) : run_{runFolder} {}

    // Removes what an interrupted save or removal left.
    void clear() const;
    // Where the files of a new checkpoint are written; nothing is there, not even the folder.
    // Errors: cannotWrite.
    Result<std::filesystem::path> temporaryFor(int64_t step) const;
    // Moves the written and synchronised folder to its place. A checkpoint of that step that is
    // there already (saved before, then damaged) is exchanged in one step where the file system
    // can. Then `latest` names it. Errors: cannotWrite; then the folder is gone and all else as
    // it was.
    Status add(const std::filesystem::path& temporary, int64_t step) const;
    // Names the best and removes what the policy does not keep, once `newest` is `latest`. Errors:
    // cannotWrite; what could not be removed stays.
    Status prune(int64_t newest, const KeepPolicy& policy) const;

  private:
    Status name(const std::filesystem::path& pointer, int64_t step) const;

    RunFolder run_;
};

}  // namespace understudy::training
