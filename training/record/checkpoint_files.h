// The names and the JSON of a checkpoint folder, shared by its writer and its reader.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "media/base/result.h"
#include "training/record/checkpoint_folder.h"

namespace understudy::training {

constexpr const char* kModelFile = "model.safetensors";
constexpr const char* kEmaFile = "ema.safetensors";
constexpr const char* kOptimizerFile = "optimizer.safetensors";
constexpr const char* kStateFile = "state.json";
constexpr const char* kManifestFile = "manifest.json";
constexpr int kCheckpointFormat = 1;

struct FileMark {
    uint64_t bytes = 0;
    std::string sha256;
};
using Manifest = std::map<std::string, FileMark>;

std::string manifestToJson(const Manifest& manifest);
// Errors: corruptData (also when it is of a newer format, or lacks the model or the state).
Result<Manifest> manifestFromJson(const std::string& text, const std::string& where);

std::string infoToJson(const CheckpointInfo& info);
Result<CheckpointInfo> infoFromJson(const std::string& text, const std::string& where);

// The manifest of a checkpoint folder. Errors: missingInput, corruptData.
Result<Manifest> loadManifest(const std::filesystem::path& folder);

// Whether a file is what its mark says. Errors: corruptData, naming it.
Status checkSize(const std::filesystem::path& file, const FileMark& mark);
Status checkHash(const std::filesystem::path& file, const FileMark& mark);

// Damaged checkpoints have one remedy.
Error damaged(const std::string& message, const std::filesystem::path& where);

}  // namespace understudy::training
