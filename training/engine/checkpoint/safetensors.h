// The safetensors format (github.com/huggingface/safetensors): u64 little-endian N, N bytes of JSON
// padded with spaces, data. Read with bounds everywhere: header at most 100 MB, tensors that cover
// the data without hole or overlap. F64, F32, F16, BF16, I64, I32, I16, I8, U8 and BOOL.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/engine/model/named_tensor.h"

namespace understudy::training {

struct SafetensorsEntry {
    std::string name;
    torch::ScalarType type = torch::kFloat;
    std::vector<int64_t> shape;
    uint64_t begin = 0, end = 0;  // bytes within the data
};

struct SafetensorsHeader {
    std::vector<SafetensorsEntry> entries;  // in order of their data
    std::map<std::string, std::string> metadata;
    uint64_t dataOffset = 0;  // of the data in the file
};

// `bytes` is the whole file; only the header is looked at, and the length. Errors: corruptData.
Result<SafetensorsHeader> parseSafetensors(std::span<const std::byte> bytes,
                                           const std::string& where);

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
