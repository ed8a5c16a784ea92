// What is inside a checkpoint, a run or a file of tensors, for people and scripts, and how two of
// them differ.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/record/checkpoint_folder.h"
#include "training/record/tensor_file.h"

namespace understudy::training {

struct ModelFile {
    std::string name;  // "model.safetensors"
    uint64_t bytes = 0;
    std::string sha256;
    std::vector<TensorEntry> tensors;

    uint64_t elements() const;
};

struct ModelContents {
    std::filesystem::path folder;        // of the checkpoint; empty for a single file
    std::optional<CheckpointInfo> info;  // nothing for a single file
    std::vector<ModelFile> files;        // those with tensors
    std::vector<std::string> warnings;   // of newer checkpoints that were passed over

    uint64_t parameters() const;  // numbers in the model's own file
    uint64_t bytes() const;       // of the files with tensors
    std::filesystem::path file(const ModelFile& one) const;
    std::filesystem::path single;  // the path of a single file
};

// `path`: a checkpoint folder, a run folder (its newest good checkpoint) or a .safetensors file.
// Every file is verified. Errors: missingInput, corruptData.
Result<ModelContents> readModel(const std::filesystem::path& path);

// One tensor that both have with the same shape.
struct TensorDifference {
    std::string file, name;
    double most = 0;      // largest |a - b|; NaN where one is not a number and the other is
    double relative = 0;  // |a - b| / |a| in the Euclidean norm; NaN where |a| is 0 and b is not
    bool equal() const { return most == 0; }
};

struct ShapeDifference {
    std::string file, name;
    std::string a, b;  // "[64,3,5,5] F32"
};

struct ModelDifference {
    std::vector<std::string> onlyInA, onlyInB;  // "model.safetensors: encoder.body.down1..."
    std::vector<ShapeDifference> shapes;
    std::vector<TensorDifference> tensors;

    bool equal() const;
    double most() const;      // of all tensors
    double relative() const;  // likewise
};

// Files of the same name are compared, and two single files whatever their names. Errors:
// missingInput, corruptData.
Result<ModelDifference> compareModels(const ModelContents& a, const ModelContents& b);

// One key of the plans that differs; absent ones are empty.
struct PlanDifference {
    std::string key, a, b;
};
std::vector<PlanDifference> comparePlans(const std::string& a, const std::string& b);

}  // namespace understudy::training
