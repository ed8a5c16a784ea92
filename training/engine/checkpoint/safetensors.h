// Tensors as safetensors files: views of a mapped file, and the layout of a new one. The format is
// that of training/record/tensor_file.h.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/engine/model/named_tensor.h"
#include "training/record/tensor_file.h"

namespace understudy::training {

// The tensors as views of the mapped file, which lives as long as they do. They must not be
// written to. Errors: missingInput, corruptData.
Result<NamedTensors> readSafetensors(const std::filesystem::path& file);

// How the reference writer lays a file out: by size of the element descending, then by name. Equal
// tensors give equal files.
struct SafetensorsLayout {
    std::string head;           // length and header, padded to a multiple of 8
    std::vector<size_t> order;  // indices into the tensors, in order of their data
};
SafetensorsLayout layOutSafetensors(const NamedTensors& tensors);

}  // namespace understudy::training
