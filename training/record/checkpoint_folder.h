// A checkpoint as it lies on disk, without its tensors: checkpoints/step-<8 digits>/ with model,
// ema and optimizer.safetensors, state.json and manifest.json. Reading verifies size and SHA-256 of
// every file. Nothing that is read can execute.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

// state.json: what a run needs beside its tensors.
struct CheckpointInfo {
    int64_t step = 0;
    double seconds = 0;                     // of stepping since the run began
    std::string planJson;                   // plan.json as in force at this step
    std::string sourceFaces;                // faceset hash of the source
    std::string destinationFaces;           // of the destination
    std::vector<std::string> otherFaces;    // of each other performer, in the plan's order
    std::string program;                    // version that wrote it; filled in by the writer
    std::map<std::string, double> numbers;  // anything else to go on with, e.g. "smoothed_loss"

    // The validation loss of these very weights; nothing where it was measured at another step.
    std::optional<double> ownValidation() const;
};

struct LoadedCheckpoint {
    std::filesystem::path folder;
    CheckpointInfo info;
    std::vector<std::string> warnings;  // of newer checkpoints that were passed over as damaged
};

// The newest good checkpoint of a run (the one `latest` names first), every file verified, or
// nothing when there is none at all. Errors: those of the newest when there are some but none is
// good: corruptData, or missingInput when it cannot be read.
Result<std::optional<LoadedCheckpoint>> loadLatest(const std::filesystem::path& runFolder);

// What state.json of one checkpoint folder says. Verifies that file, and the sizes of the others.
// Errors: missingInput, corruptData (names the file; a newer format is named too).
Result<CheckpointInfo> loadInfo(const std::filesystem::path& checkpointFolder);

// As loadInfo, and the hashes of all files.
Result<CheckpointInfo> verifyCheckpoint(const std::filesystem::path& checkpointFolder);

}  // namespace understudy::training
