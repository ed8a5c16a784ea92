#include "media/source/container_size.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <system_error>

namespace understudy::media {

namespace {

constexpr std::array<uint8_t, 4> kEbmlId = {0x1a, 0x45, 0xdf, 0xa3};
constexpr std::array<uint8_t, 4> kSegmentId = {0x18, 0x53, 0x80, 0x67};

struct Number {
    uint64_t value = 0;
    size_t bytes = 0;
};

// RFC 8794, section 4: leading zero bits count the bytes that follow. Nothing for one of all ones,
// which means that the size is not known.
std::optional<Number> variableNumber(std::span<const uint8_t> bytes) {
    if (bytes.empty() || bytes[0] == 0) {
        return std::nullopt;
    }
    const auto length = static_cast<size_t>(std::countl_zero(bytes[0])) + 1;
    if (bytes.size() < length) {
        return std::nullopt;
    }
    const uint64_t all = (uint64_t{1} << (7 * length)) - 1;
    uint64_t value = 0;
    for (size_t i = 0; i < length; ++i) {
        value = value << 8 | bytes[i];
    }
    value &= all;
    return value == all ? std::nullopt : std::optional(Number{value, length});
}

bool startsWith(std::span<const uint8_t> bytes, const std::array<uint8_t, 4>& id) {
    return bytes.size() >= id.size() && std::memcmp(bytes.data(), id.data(), id.size()) == 0;
}

// Where a Matroska file ends by its own word.
std::optional<uint64_t> matroskaEnd(std::span<const uint8_t> head) {
    if (!startsWith(head, kEbmlId)) {
        return std::nullopt;
    }
    const auto header = variableNumber(head.subspan(4));
    if (!header.has_value() || header->value > head.size()) {
        return std::nullopt;
    }
    const size_t segment = 4 + header->bytes + static_cast<size_t>(header->value);
    if (segment > head.size() || !startsWith(head.subspan(segment), kSegmentId)) {
        return std::nullopt;
    }
    const auto size = variableNumber(head.subspan(segment + 4));
    return size.has_value() ? std::optional(segment + 4 + size->bytes + size->value) : std::nullopt;
}

// The first RIFF chunk of an AVI file; later ones of a large file do not matter here.
std::optional<uint64_t> aviEnd(std::span<const uint8_t> head) {
    if (head.size() < 12 || std::memcmp(head.data(), "RIFF", 4) != 0 ||
        std::memcmp(head.data() + 8, "AVI ", 4) != 0) {
        return std::nullopt;
    }
    uint64_t size = 0;
    for (size_t i = 0; i < 4; ++i) {
        size |= uint64_t{head[4 + i]} << (8 * i);
    }
    // What a recorder writes until it is told to stop.
    const bool unknown = size == 0 || size == 0xffffffff;
    return unknown ? std::nullopt : std::optional(size + 8);
}

}  // namespace

Ending endingOf(const std::filesystem::path& movie) {
    std::array<uint8_t, 4096> head{};
    std::ifstream file(movie, std::ios::binary);
    file.read(reinterpret_cast<char*>(head.data()), head.size());
    const auto bytes = std::span<const uint8_t>(head).first(static_cast<size_t>(file.gcount()));
    std::error_code failed;
    const uint64_t size = std::filesystem::file_size(movie, failed);
    const auto matroska = matroskaEnd(bytes);
    const auto end = matroska.has_value() ? matroska : aviEnd(bytes);
    if (failed || !end.has_value()) {
        return Ending::unknown;
    }
    return *end > size ? Ending::cut : Ending::complete;
}

}  // namespace understudy::media
