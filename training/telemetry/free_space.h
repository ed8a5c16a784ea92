// How much room the disk of a folder has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace understudy::training {

struct DiskState {
    uint64_t disk = 0;   // the same for folders of one file system
    uint64_t free = 0;   // bytes that this user may still write
    uint64_t total = 0;  // bytes
};

// Of the folder, or of the nearest one above it that exists. Nothing where none can be asked. May
// hang where a network disk does.
std::optional<DiskState> diskOf(const std::filesystem::path& folder);

// Bytes of the files in a folder and below; 0 where it is not there.
uint64_t bytesIn(const std::filesystem::path& folder);

// "3.1 GiB".
std::string gibibytes(uint64_t bytes);

}  // namespace understudy::training
