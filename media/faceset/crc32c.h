// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78): finds torn and flipped bytes in small
// records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace understudy::media {

uint32_t crc32c(std::span<const std::byte> bytes);

}  // namespace understudy::media
