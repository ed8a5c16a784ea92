#include "training/engine/checkpoint/safetensors.h"

#include <torch/types.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "media/base/check.h"

namespace understudy::training {

namespace {

using Json = nlohmann::json;

struct TypePair {
    TensorType stored;
    torch::ScalarType type;
};
constexpr TypePair kTypes[] = {
    {TensorType::f64, torch::kDouble}, {TensorType::f32, torch::kFloat},
    {TensorType::f16, torch::kHalf},   {TensorType::bf16, torch::kBFloat16},
    {TensorType::i64, torch::kLong},   {TensorType::i32, torch::kInt},
    {TensorType::i16, torch::kShort},  {TensorType::i8, torch::kChar},
    {TensorType::u8, torch::kByte},    {TensorType::boolean, torch::kBool},
};

torch::ScalarType scalarTypeOf(TensorType stored) {
    const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                     [&](const TypePair& pair) { return pair.stored == stored; });
    US_CHECK(found != std::end(kTypes));
    return found->type;
}

const char* nameOfType(torch::ScalarType type) {
    for (const TypePair& pair : kTypes) {
        if (type == pair.type) {
            return nameOf(pair.stored);
        }
    }
    return nullptr;
}

}  // namespace

Result<NamedTensors> readSafetensors(const std::filesystem::path& path) {
    US_ASSIGN(auto opened, TensorFile::open(path));
    const auto file = std::make_shared<const TensorFile>(std::move(opened));
    NamedTensors tensors;
    for (const TensorEntry& entry : file->header().entries) {
        const torch::ScalarType type = scalarTypeOf(entry.type);
        const std::span<const std::byte> bytes = file->bytes(entry);
        if (bytes.empty()) {
            tensors.push_back({entry.name, torch::empty(entry.shape, type)});
            continue;
        }
        if (reinterpret_cast<uintptr_t>(bytes.data()) % elementBytes(entry.type) == 0) {
            tensors.push_back({entry.name, torch::from_blob(
                                               const_cast<std::byte*>(bytes.data()), entry.shape,
                                               [file](void*) {}, type)});
            continue;
        }
        // Files of others need not be aligned.
        torch::Tensor copy = torch::empty(entry.shape, type);
        std::memcpy(copy.data_ptr(), bytes.data(), bytes.size());
        tensors.push_back({entry.name, copy});
    }
    return tensors;
}

SafetensorsLayout layOutSafetensors(const NamedTensors& tensors) {
    SafetensorsLayout layout;
    layout.order.resize(tensors.size());
    std::iota(layout.order.begin(), layout.order.end(), size_t{0});
    std::sort(layout.order.begin(), layout.order.end(), [&](size_t a, size_t b) {
        const auto& left = tensors[a];
        const auto& right = tensors[b];
        return left.tensor.element_size() != right.tensor.element_size()
                   ? left.tensor.element_size() > right.tensor.element_size()
                   : left.name < right.name;
    });
    // Written by hand, so that the order of the names in the header is that of the data.
    std::string json = "{";
    uint64_t offset = 0;
    for (const size_t index : layout.order) {
        const NamedTensor& named = tensors[index];
        const char* type = nameOfType(named.tensor.scalar_type());
        US_CHECK(type != nullptr && named.name != "__metadata__");
        const uint64_t end = offset + named.tensor.nbytes();
        Json entry = {{"dtype", type},
                      {"shape", named.tensor.sizes().vec()},
                      {"data_offsets", {offset, end}}};
        json.append(json.size() == 1 ? "" : ",")
            .append(Json(named.name).dump())
            .append(":")
            .append(entry.dump());
        offset = end;
    }
    json += "}";
    json.resize((json.size() + 7) / 8 * 8, ' ');
    for (size_t i = 0; i < sizeof(uint64_t); ++i) {
        layout.head.push_back(static_cast<char>(uint64_t{json.size()} >> (8 * i) & 0xFF));
    }
    layout.head += json;
    return layout;
}

}  // namespace understudy::training
