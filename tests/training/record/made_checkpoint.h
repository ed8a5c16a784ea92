// Checkpoint folders made by hand: the format without a tensor library.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "training/record/checkpoint_folder.h"

namespace understudy::tests {

struct MadeTensor {
    std::string name;
    std::vector<float> values;
    std::vector<int64_t> shape;  // empty: one dimension
};

// A safetensors file of F32 tensors.
std::string safetensorsOf(const std::vector<MadeTensor>& tensors);

// A file of one tensor: type as the format names it, its bytes as they are.
std::string oneTensor(const std::string& type, const std::string& shape, const std::string& bytes);

// model, ema, state and manifest in a new folder. `validation` NaN: it was not measured there.
void writeCheckpoint(const std::filesystem::path& folder, int64_t step,
                     const std::vector<MadeTensor>& model, double validation,
                     const std::string& plan = "{}");

}  // namespace understudy::tests
