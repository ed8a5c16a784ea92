// IEEE half precision as bits, in portable code: files and packs must hold the same numbers
// whatever the processor offers.
#pragma once

#include <bit>
#include <cstdint>

namespace understudy::media {

inline constexpr float kHalfMax = 65504.0F;

inline float floatFromHalf(uint16_t half) {
    const uint32_t sign = static_cast<uint32_t>(half & 0x8000U) << 16;
    const uint32_t magnitude = half & 0x7fffU;
    if (magnitude >= 0x7c00U) {  // infinity, not a number
        return std::bit_cast<float>(sign | 0x7f800000U | ((magnitude & 0x3ffU) << 13));
    }
    if (magnitude < 0x0400U) {  // zero, subnormal: a multiple of 2^-24
        const float value = static_cast<float>(magnitude) * 0x1p-24F;
        return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(value));
    }
    return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000U));
}

// Rounds to nearest, ties to even; what is too large becomes infinity.
inline uint16_t halfFromFloat(float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint32_t sign = (bits >> 16) & 0x8000U;
    const uint32_t magnitude = bits & 0x7fffffffU;
    uint32_t half = 0;
    if (magnitude > 0x7f800000U) {
        half = 0x7e00U | ((magnitude >> 13) & 0x1ffU);
    } else if (magnitude >= 0x477ff000U) {  // rounds beyond 65504
        half = 0x7c00U;
    } else if (magnitude < 0x38800000U) {
        // Adding 0.5 leaves the subnormal's bits, already rounded, at the end of the mantissa.
        half = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5F) - 0x3f000000U;
    } else {
        half = (magnitude - 0x38000000U + 0xfffU + ((magnitude >> 13) & 1U)) >> 13;
    }
    return static_cast<uint16_t>(sign | half);
}

}  // namespace understudy::media
