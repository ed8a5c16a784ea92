// The safetensors format (github.com/huggingface/safetensors) without a tensor library: u64
// little-endian N, N bytes of JSON padded with spaces, data. Read with bounds everywhere: header at
// most 100 MB, tensors that cover the data without hole or overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "media/base/file.h"
#include "media/base/result.h"

namespace understudy::training {

enum class TensorType { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

const char* nameOf(TensorType type);  // as the format writes it: "F32", "BOOL"
std::optional<TensorType> tensorTypeOfName(const std::string& name);
size_t elementBytes(TensorType type);

struct TensorEntry {
    std::string name;
    TensorType type = TensorType::f32;
    std::vector<int64_t> shape;
    uint64_t begin = 0, end = 0;  // bytes within the data

    uint64_t elements() const { return (end - begin) / elementBytes(type); }
};

// "[64,3,5,5]".
std::string shapeText(std::span<const int64_t> shape);

struct SafetensorsHeader {
    std::vector<TensorEntry> entries;  // in order of their data
    std::map<std::string, std::string> metadata;
    uint64_t dataOffset = 0;  // of the data in the file
};

// `bytes` is the whole file; only the header is looked at, and the length. Errors: corruptData.
Result<SafetensorsHeader> parseSafetensors(std::span<const std::byte> bytes,
                                           const std::string& where);

// A file and its header, mapped.
class TensorFile {
  public:
    // Errors: missingInput, corruptData.
    static Result<TensorFile> open(const std::filesystem::path& path);

    const SafetensorsHeader& header() const { return header_; }
    // The data as they lie in the file, which need not be aligned.
    std::span<const std::byte> bytes(const TensorEntry& entry) const;
    // Elements `first` to `first + out.size()` as numbers; truth values are 0 and 1.
    void read(const TensorEntry& entry, uint64_t first, std::span<double> out) const;
    uint64_t size() const { return mapped_.bytes().size(); }

  private:
    TensorFile(MappedFile mapped, SafetensorsHeader header)
        : mapped_(std::move(mapped)), header_(std::move(header)) {}

    MappedFile mapped_;
    SafetensorsHeader header_;
};

}  // namespace understudy::training
