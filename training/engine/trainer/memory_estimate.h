// How much memory a training will need, from its plan alone, so that it can be said before hours
// are spent, and so that "out of memory" can name settings that would fit. Calibrated against the
// peaks that the benchmark measures; see tests/bench/README.md for how near it comes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/engine/model/autocast.h"
#include "training/plan/plan.h"

namespace understudy::training {

// Bytes of one rank: on its GPU, or of the process where a CPU trains.
struct MemoryEstimate {
    uint64_t weights = 0;  // in fp32, and their bf16 copies, of discriminators too, as the next
    uint64_t gradients = 0;
    uint64_t moments = 0;      // of the optimizers
    uint64_t average = 0;      // of the network's weights
    uint64_t activations = 0;  // what forward keeps for backward, and the largest layer's gradients
    uint64_t faces = 0;        // that lie on the device
    uint64_t programs = 0;     // libraries, kernels' own buffers
    uint64_t host = 0;         // beside a GPU: the copy that a checkpoint is written from

    uint64_t total() const {
        return weights + gradients + moments + average + activations + faces + programs;
    }
};

struct MemoryTerms {
    Precision precision = Precision::fp32;
    bool gpu = false;
    int ranks = 1;           // that share the batch
    uint64_t faceBytes = 0;  // on the device
};

// Errors: usage (a plan that cannot be).
Result<MemoryEstimate> estimateMemory(const Plan& plan, const MemoryTerms& terms);

// "3.1 GiB: weights 0.4, gradients 0.2, ..." for the log.
std::string memoryText(const MemoryEstimate& estimate);
std::string bytesText(uint64_t bytes);  // "3.1 GiB", "512 MiB"

// What would fit into `bytes`, each with everything else left as it is. First what learns the same:
// "recompute=true", "accumulate=2" (in as few parts as will do), both together where neither is
// enough; then the largest values below the plan's: "batch=4", "resolution=96",
// "encoderDims=48 decoderDims=48". Nothing that fits gives none.
std::vector<std::string> settingsThatFit(const Plan& plan, const MemoryTerms& terms,
                                         uint64_t bytes);

// The error for a training that ran out of memory though `available` bytes were free before it
// began. Names what would fit: by the estimate, or, where that said it fits, by a tenth less than
// what did not.
Error outOfMemory(const Plan& plan, const MemoryTerms& terms, uint64_t available,
                  const std::string& said);

}  // namespace understudy::training
