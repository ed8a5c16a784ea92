// Readers take files, a fuzzer gives bytes: one file in a private folder, written anew each time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace understudy::tests {

inline std::filesystem::path fileOf(const uint8_t* data, size_t size, const std::string& name) {
    static const TempFolder folder;
    const std::filesystem::path path = folder / name;
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    return path;
}

}  // namespace understudy::tests
