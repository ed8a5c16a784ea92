// How fast this machine trains a network: the real step with its real data path and augmentation,
// on made-up faces, so that it needs no project.
#pragma once

#include <filesystem>
#include <string>

#include "media/base/result.h"
#include "training/engine/trainer/own_rank.h"
#include "training/plan/plan.h"

namespace understudy::training {

struct BenchOptions {
    Plan plan;  // model, dims, resolution, batch, precision, mode, threads, devices
    int steps = 12;
    int warmup = 3;
    int faces = 64;  // a side
    // Where the speed of one device is kept, for runs of several; empty: nowhere.
    std::filesystem::path calibrations;
    RankOptions rank;
};

// One JSON object: it_per_s (median), p10 (slow) and p90 (fast), faces_per_s, phases_ms,
// data_share, faces (how many, bytes, where they are kept, the memory they may take there),
// peak_bytes, tflops, mfu and what was measured. A step counts as three forwards of the
// network; mfu is their arithmetic over that of a large matrix product in the same precision,
// measured here. With several devices all is of the whole job, and only rank 0's result is not
// empty. Errors: usage, deviceUnavailable, environment, transient,
// cannotWrite.
Result<std::string> benchTraining(const BenchOptions& options);

}  // namespace understudy::training
