#include "training/engine/checkpoint/safetensors.h"

#include <torch/types.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <set>

#include "media/base/check.h"
#include "media/base/file.h"

namespace understudy::training {

namespace {

using Json = nlohmann::json;

constexpr uint64_t kHeaderLimit = 100'000'000;
constexpr size_t kDimensionLimit = 16;
constexpr int kDepthLimit = 4;
constexpr size_t kPrefix = sizeof(uint64_t);

struct TypeName {
    const char* name;
    torch::ScalarType type;
};
constexpr TypeName kTypes[] = {
    {"F64", torch::kDouble},    {"F32", torch::kFloat}, {"F16", torch::kHalf},
    {"BF16", torch::kBFloat16}, {"I64", torch::kLong},  {"I32", torch::kInt},
    {"I16", torch::kShort},     {"I8", torch::kChar},   {"U8", torch::kByte},
    {"BOOL", torch::kBool},
};

std::optional<torch::ScalarType> typeOfName(const std::string& name) {
    for (const TypeName& entry : kTypes) {
        if (name == entry.name) {
            return entry.type;
        }
    }
    return {};
}

const char* nameOfType(torch::ScalarType type) {
    for (const TypeName& entry : kTypes) {
        if (type == entry.type) {
            return entry.name;
        }
    }
    return nullptr;
}

Error corrupt(const std::string& message, const std::string& where) {
    return {ErrorCode::corruptData, message, where,
            "The file is damaged or no safetensors file: use another checkpoint"};
}

// A whole number of JSON within what the format can hold.
std::optional<uint64_t> natural(const Json& value) {
    if (!value.is_number_unsigned()) {
        return {};
    }
    return value.get<uint64_t>();
}

// Bytes of a tensor, or nothing when the product does not fit.
std::optional<uint64_t> byteCount(const SafetensorsEntry& entry) {
    uint64_t bytes = torch::elementSize(entry.type);
    for (const int64_t size : entry.shape) {
        if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes)) {
            return {};
        }
    }
    return bytes;
}

Result<SafetensorsEntry> parseEntry(const std::string& name, const Json& value,
                                    const std::string& where) {
    const std::string label = "tensor \"" + name.substr(0, 200) + "\"";
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") ||
        !value.contains("shape") || !value.contains("data_offsets")) {
        return corrupt(label + " lacks type, shape or place", where);
    }
    SafetensorsEntry entry;
    entry.name = name;
    const Json& type = value["dtype"];
    const auto known = type.is_string() ? typeOfName(type.get<std::string>()) : std::nullopt;
    if (!known) {
        return corrupt(label + " has an unknown type", where);
    }
    entry.type = *known;
    const Json& shape = value["shape"];
    if (!shape.is_array() || shape.size() > kDimensionLimit) {
        return corrupt(label + " has no valid shape", where);
    }
    for (const Json& size : shape) {
        const auto number = natural(size);
        if (!number || *number > static_cast<uint64_t>(INT64_MAX)) {
            return corrupt(label + " has no valid shape", where);
        }
        entry.shape.push_back(static_cast<int64_t>(*number));
    }
    const Json& offsets = value["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !natural(offsets[0]) ||
        !natural(offsets[1])) {
        return corrupt(label + " has no valid place", where);
    }
    entry.begin = *natural(offsets[0]);
    entry.end = *natural(offsets[1]);
    const auto bytes = byteCount(entry);
    if (entry.end < entry.begin || !bytes || entry.end - entry.begin != *bytes) {
        return corrupt(label + " has a place that does not fit its shape", where);
    }
    return entry;
}

// nullopt for what is not JSON, and for names that occur twice (which a parser would merge).
std::optional<Json> parseStrictly(const char* begin, const char* end) {
    std::vector<std::set<std::string>> names;
    bool bad = false;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
        bad = bad || depth > kDepthLimit;
        if (event == Json::parse_event_t::object_start) {
            names.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            names.pop_back();
        } else if (event == Json::parse_event_t::key && !names.empty()) {
            bad = bad || !names.back().insert(value.get<std::string>()).second;
        }
        return !bad;
    };
    Json result = Json::parse(begin, end, watch, false);
    if (result.is_discarded() || bad) {
        return {};
    }
    return result;
}

}  // namespace

Result<SafetensorsHeader> parseSafetensors(std::span<const std::byte> bytes,
                                           const std::string& where) {
    if (bytes.size() < kPrefix) {
        return corrupt("the file is too short", where);
    }
    uint64_t length = 0;
    for (size_t i = 0; i < kPrefix; ++i) {
        length |= static_cast<uint64_t>(bytes[i]) << (8 * i);
    }
    if (length > kHeaderLimit || length > bytes.size() - kPrefix || length < 2) {
        return corrupt("the header is longer than the file", where);
    }
    const char* text = reinterpret_cast<const char*>(bytes.data()) + kPrefix;
    if (text[0] != '{') {
        return corrupt("the header does not begin with {", where);
    }
    const auto json = parseStrictly(text, text + length);
    if (!json || !json->is_object()) {
        return corrupt("the header is not valid JSON", where);
    }
    SafetensorsHeader header;
    header.dataOffset = kPrefix + length;
    for (const auto& [name, value] : json->items()) {
        if (name != "__metadata__") {
            US_ASSIGN(auto entry, parseEntry(name, value, where));
            header.entries.push_back(std::move(entry));
            continue;
        }
        if (!value.is_object()) {
            return corrupt("the metadata is no object", where);
        }
        for (const auto& [key, content] : value.items()) {
            if (!content.is_string()) {
                return corrupt("the metadata holds more than text", where);
            }
            header.metadata[key] = content.get<std::string>();
        }
    }
    std::sort(header.entries.begin(), header.entries.end(), [](const auto& a, const auto& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    uint64_t reached = 0;
    for (const SafetensorsEntry& entry : header.entries) {
        if (entry.begin != reached) {
            return corrupt("the data have a hole or overlap before \"" + entry.name + "\"", where);
        }
        reached = entry.end;
    }
    if (reached != bytes.size() - header.dataOffset) {
        return corrupt("the file is " + std::to_string(bytes.size()) + " bytes long, its header " +
                           "speaks of " + std::to_string(reached + header.dataOffset),
                       where);
    }
    return header;
}

Result<NamedTensors> readSafetensors(const std::filesystem::path& file) {
    US_ASSIGN(auto mapped, MappedFile::open(file));
    const auto shared = std::make_shared<MappedFile>(std::move(mapped));
    US_ASSIGN(const auto header, parseSafetensors(shared->bytes(), file.string()));
    NamedTensors tensors;
    for (const SafetensorsEntry& entry : header.entries) {
        if (entry.begin == entry.end) {
            tensors.push_back({entry.name, torch::empty(entry.shape, entry.type)});
            continue;
        }
        const std::byte* data = shared->bytes().data() + header.dataOffset + entry.begin;
        if (reinterpret_cast<uintptr_t>(data) % torch::elementSize(entry.type) == 0) {
            tensors.push_back({entry.name, torch::from_blob(
                                               const_cast<std::byte*>(data), entry.shape,
                                               [shared](void*) {}, entry.type)});
            continue;
        }
        // Files of others need not be aligned.
        torch::Tensor copy = torch::empty(entry.shape, entry.type);
        std::memcpy(copy.data_ptr(), data, entry.end - entry.begin);
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
    for (size_t i = 0; i < kPrefix; ++i) {
        layout.head.push_back(static_cast<char>(uint64_t{json.size()} >> (8 * i) & 0xFF));
    }
    layout.head += json;
    return layout;
}

}  // namespace understudy::training
