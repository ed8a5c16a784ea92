#include "training/telemetry/free_space.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <sstream>
#include <system_error>

namespace understudy::training {

namespace fs = std::filesystem;

std::optional<DiskState> diskOf(const fs::path& folder) {
    for (fs::path at = folder.lexically_normal(); !at.empty(); at = at.parent_path()) {
        struct stat place {};
        struct statvfs room {};
        if (::stat(at.c_str(), &place) == 0 && ::statvfs(at.c_str(), &room) == 0) {
            return DiskState{place.st_dev, uint64_t{room.f_bavail} * room.f_frsize,
                             uint64_t{room.f_blocks} * room.f_frsize};
        }
        if (at == at.parent_path()) {
            break;
        }
    }
    return std::nullopt;
}

uint64_t bytesIn(const fs::path& folder) {
    uint64_t bytes = 0;
    std::error_code failed;
    fs::recursive_directory_iterator file(folder, failed);
    while (!failed && file != fs::recursive_directory_iterator()) {
        std::error_code unreadable;  // it may be gone by now
        const bool isFile = file->is_regular_file(unreadable);
        const uint64_t size = isFile ? file->file_size(unreadable) : 0;
        bytes += unreadable ? 0 : size;
        file.increment(failed);
    }
    return bytes;
}

std::string gibibytes(uint64_t bytes) {
    std::ostringstream text;
    text.precision(1);
    text << std::fixed << static_cast<double>(bytes) / (1u << 30) << " GiB";
    return text.str();
}

}  // namespace understudy::training
