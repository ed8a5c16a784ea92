#include "training/record/tensor_file.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "media/base/check.h"

namespace understudy::training {

namespace {

using Json = nlohmann::json;

constexpr uint64_t kHeaderLimit = 100'000'000;
constexpr size_t kDimensionLimit = 16;
constexpr int kDepthLimit = 4;
constexpr size_t kPrefix = sizeof(uint64_t);

struct TypeFacts {
    TensorType type;
    const char* name;
    size_t bytes;
};
// In the order of the enumeration.
constexpr TypeFacts kTypes[] = {{TensorType::f64, "F64", 8}, {TensorType::f32, "F32", 4},
                                {TensorType::f16, "F16", 2}, {TensorType::bf16, "BF16", 2},
                                {TensorType::i64, "I64", 8}, {TensorType::i32, "I32", 4},
                                {TensorType::i16, "I16", 2}, {TensorType::i8, "I8", 1},
                                {TensorType::u8, "U8", 1},   {TensorType::boolean, "BOOL", 1}};

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
std::optional<uint64_t> byteCount(const TensorEntry& entry) {
    uint64_t bytes = elementBytes(entry.type);
    for (const int64_t size : entry.shape) {
        if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes)) {
            return {};
        }
    }
    return bytes;
}

Result<TensorEntry> parseEntry(const std::string& name, const Json& value,
                               const std::string& where) {
    const std::string label = "tensor \"" + name.substr(0, 200) + "\"";
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") ||
        !value.contains("shape") || !value.contains("data_offsets")) {
        return corrupt(label + " lacks type, shape or place", where);
    }
    TensorEntry entry;
    entry.name = name;
    const Json& type = value["dtype"];
    const auto known = type.is_string() ? tensorTypeOfName(type.get<std::string>()) : std::nullopt;
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

struct Half {  // IEEE 754 binary16
    uint16_t bits;
    explicit operator double() const {
        const int exponent = bits >> 10 & 31;
        const int fraction = bits & 1023;
        const double sign = (bits & 0x8000) != 0 ? -1 : 1;
        if (exponent == 31) {
            return fraction == 0 ? sign * HUGE_VAL : std::nan("");
        }
        return sign * (exponent == 0 ? std::ldexp(fraction, -24)
                                     : std::ldexp(1024 + fraction, exponent - 25));
    }
};
struct Brain {  // the upper half of binary32
    uint16_t bits;
    explicit operator double() const { return std::bit_cast<float>(uint32_t{bits} << 16); }
};
struct Truth {
    uint8_t value;
    explicit operator double() const { return value != 0 ? 1 : 0; }
};

template <class Element>
void readAs(const std::byte* from, std::span<double> out) {
    for (double& number : out) {
        Element element;
        std::memcpy(&element, from, sizeof element);
        number = static_cast<double>(element);
        from += sizeof element;
    }
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
    for (const TensorEntry& entry : header.entries) {
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

const char* nameOf(TensorType type) {
    return kTypes[static_cast<size_t>(type)].name;
}

size_t elementBytes(TensorType type) {
    return kTypes[static_cast<size_t>(type)].bytes;
}

std::optional<TensorType> tensorTypeOfName(const std::string& name) {
    for (const TypeFacts& facts : kTypes) {
        if (name == facts.name) {
            return facts.type;
        }
    }
    return {};
}

std::string shapeText(std::span<const int64_t> shape) {
    std::string text = "[";
    for (size_t i = 0; i < shape.size(); ++i) {
        text.append(i == 0 ? "" : ",").append(std::to_string(shape[i]));
    }
    return text + "]";
}

Result<TensorFile> TensorFile::open(const std::filesystem::path& path) {
    US_ASSIGN(auto mapped, MappedFile::open(path));
    US_ASSIGN(auto header, parseSafetensors(mapped.bytes(), path.string()));
    return TensorFile(std::move(mapped), std::move(header));
}

std::span<const std::byte> TensorFile::bytes(const TensorEntry& entry) const {
    return mapped_.bytes().subspan(header_.dataOffset + entry.begin, entry.end - entry.begin);
}

void TensorFile::read(const TensorEntry& entry, uint64_t first, std::span<double> out) const {
    US_CHECK(first <= entry.elements() && out.size() <= entry.elements() - first);
    const std::byte* from = bytes(entry).data() + first * elementBytes(entry.type);
    switch (entry.type) {
        case TensorType::f64:
            return readAs<double>(from, out);
        case TensorType::f32:
            return readAs<float>(from, out);
        case TensorType::f16:
            return readAs<Half>(from, out);
        case TensorType::bf16:
            return readAs<Brain>(from, out);
        case TensorType::i64:
            return readAs<int64_t>(from, out);
        case TensorType::i32:
            return readAs<int32_t>(from, out);
        case TensorType::i16:
            return readAs<int16_t>(from, out);
        case TensorType::i8:
            return readAs<int8_t>(from, out);
        case TensorType::u8:
            return readAs<uint8_t>(from, out);
        case TensorType::boolean:
            return readAs<Truth>(from, out);
    }
}

}  // namespace understudy::training
