// rollbacks.jsonl: where a training went astray and from where it went on, {"step", "to", "lr",
// "loss", "reason"} a line. Append-only: history.jsonl forgets what was taken back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

struct Rollback {
    int64_t step = 0;         // at which it was seen
    int64_t to = 0;           // of the checkpoint that it went back to; 0: the beginning
    double learningRate = 0;  // that it goes on with, "lr"
    double loss = 0;          // NaN: not finite
    std::string reason;
};

// Durable when it returns. Errors: cannotWrite.
Status appendRollback(const std::filesystem::path& file, const Rollback& rollback);

// In the order of the file; no file is no rollback. Lines that are none are skipped.
Result<std::vector<Rollback>> readRollbacks(const std::filesystem::path& file);

}  // namespace understudy::training
