// SHA-256 (FIPS 180-4) for content hashes and manifests.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "media/base/result.h"

namespace understudy {

class Sha256 {
  public:
    Sha256();
    void add(std::span<const std::byte> bytes);
    void add(const std::string& text);
    // Lower-case hexadecimal, 64 characters. The object cannot be used afterwards.
    std::string finish();

  private:
    void blocks(const uint8_t* bytes, size_t count);

    std::array<uint32_t, 8> state_;
    std::array<uint8_t, 64> pending_{};
    uint64_t length_ = 0;
};

std::string sha256Of(std::span<const std::byte> bytes);
Result<std::string> sha256OfFile(const std::filesystem::path& path);

}  // namespace understudy
