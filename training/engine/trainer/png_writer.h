// Writes the trainer's preview pictures without an image library: 8-bit RGB PNG (ISO/IEC 15948).
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace understudy::training {

// The whole file. `pixels` are width * height * 3 samples, row by row. Compressed where zlib was
// there at build time, stored otherwise.
std::string encodePng(int width, int height, std::span<const uint8_t> pixels);

}  // namespace understudy::training
