// The names and the JSON of a checkpoint folder, shared by its writer and its reader.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "media/base/result.h"
#include "training/engine/checkpoint/checkpoint.h"

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

// Damaged checkpoints have one remedy.
Error damaged(const std::string& message, const std::filesystem::path& where);

}  // namespace understudy::training
