#include "tests/training/record/made_checkpoint.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "media/base/file.h"
#include "media/base/sha256.h"
#include "training/record/checkpoint_files.h"

namespace understudy::tests {

using training::CheckpointInfo;
using training::Manifest;

namespace {

std::string withHeader(const std::string& header, const std::string& data) {
    std::string file;
    for (size_t i = 0; i < 8; ++i) {
        file.push_back(static_cast<char>(uint64_t{header.size()} >> (8 * i) & 0xFF));
    }
    return file + header + data;
}

std::string entryOf(const std::string& type, const std::string& shape, size_t begin, size_t end) {
    return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":[)" +
           std::to_string(begin) + "," + std::to_string(end) + "]}";
}

}  // namespace

std::string safetensorsOf(const std::vector<MadeTensor>& tensors) {
    std::string header = "{", data;
    for (const MadeTensor& tensor : tensors) {
        const size_t begin = data.size();
        data.append(reinterpret_cast<const char*>(tensor.values.data()),
                    tensor.values.size() * sizeof(float));
        std::string shape = "[";
        for (const int64_t size : tensor.shape) {
            shape += (shape.size() > 1 ? "," : "") + std::to_string(size);
        }
        shape += tensor.shape.empty() ? std::to_string(tensor.values.size()) + "]" : "]";
        header += (header.size() > 1 ? ",\"" : "\"") + tensor.name +
                  "\":" + entryOf("F32", shape, begin, data.size());
    }
    return withHeader(header + "}", data);
}

std::string oneTensor(const std::string& type, const std::string& shape, const std::string& bytes) {
    return withHeader(R"({"x":)" + entryOf(type, shape, 0, bytes.size()) + "}", bytes);
}

void writeCheckpoint(const std::filesystem::path& folder, int64_t step,
                     const std::vector<MadeTensor>& model, double validation,
                     const std::string& plan) {
    REQUIRE(createPrivateFolder(folder).ok());
    CheckpointInfo info;
    info.step = step;
    info.seconds = static_cast<double>(step);
    info.planJson = plan;
    info.sourceFaces = "aa";
    info.destinationFaces = "bb";
    info.program = US_VERSION;
    if (std::isfinite(validation)) {
        info.numbers = {{"validation", validation}, {"validation_step", static_cast<double>(step)}};
    }
    Manifest manifest;
    const std::pair<const char*, std::string> files[] = {
        {training::kModelFile, safetensorsOf(model)},
        {training::kEmaFile, safetensorsOf(model)},
        {training::kStateFile, infoToJson(info)}};
    for (const auto& [name, content] : files) {
        REQUIRE(writeFileAtomic(folder / name, content).ok());
        manifest[name] = {content.size(), sha256Of(std::as_bytes(std::span(content)))};
    }
    REQUIRE(writeFileAtomic(folder / training::kManifestFile, manifestToJson(manifest)).ok());
}

}  // namespace understudy::tests
