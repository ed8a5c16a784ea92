// What a run starts from instead of random weights: another run, one of its checkpoints, or a base
// model, which is a checkpoint of the averaged weights without what only that run needs. Nothing is
// left to chance silently: what was found, copied and not found is reported.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

class FaceModel;

// Parts of a network are named as far as they are treated alike: "encoder", "inter.dense1".
struct BaseReport {
    std::filesystem::path folder;       // of the checkpoint
    int64_t matched = 0;                // tensors that came from the base by name and shape
    int64_t copied = 0;                 // and from the base's source decoder
    int64_t resizedTensors = 0;         // and from a base of another resolution, resampled
    int64_t freshTensors = 0;           // and that start as without a base
    int64_t unusedTensors = 0;          // of the base
    std::vector<std::string> decoders;  // that begin as the base's source decoder
    std::vector<std::string> resized;   // parts that were resampled
    std::vector<std::string> fresh;     // parts that the base has nothing for
    std::vector<std::string> unused;    // parts of the base that have no place here

    // For people, one line: "base NAME: 52 tensors match; ...".
    std::string text() const;
};

// `base`: a run folder (its newest good checkpoint) or a checkpoint folder; every file is verified.
// Copies what fits by name and shape, a bias only with its weight; of a run the weights, not their
// average. What fits but for the resolution is resampled (base_resize.h). A decoder of an identity
// that the base has nothing for starts as the base's decoder_source. Numbers of another precision
// are converted. Errors: missingInput, corruptData, usage when nothing fits: then nothing was
// changed.
Result<BaseReport> loadBase(const std::filesystem::path& base, FaceModel& model);

struct BaseExport {
    std::filesystem::path folder;
    int64_t step = 0;
    int64_t parameters = 0;
    uint64_t bytes = 0;             // of all files
    std::vector<std::string> left;  // parts that stayed behind
};

// Makes a base model from a run or checkpoint: encoder, inters and one decoder (df: that of the
// source), the average where there is one, in bf16. It is a checkpoint folder without an optimizer.
// Errors: missingInput, corruptData, usage when `out` is there, cannotWrite.
Result<BaseExport> exportBase(const std::filesystem::path& from, const std::filesystem::path& out);

}  // namespace understudy::training
