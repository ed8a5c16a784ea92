#include "training/plan/line_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "media/base/file.h"

namespace understudy::training {

Status appendLines(const std::filesystem::path& file, const std::string& lines) {
    std::error_code ignored;
    const bool fresh = !std::filesystem::exists(file, ignored);
    const FileHandle handle(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!handle) {
        return writeError(errno, file);
    }
    US_ASSIGN(const std::string before, readFile(file, kLineFileLimit));
    const auto whole = static_cast<off_t>(before.rfind('\n') + 1);  // npos + 1 is 0
    if (::ftruncate(handle.get(), whole) != 0 || ::lseek(handle.get(), whole, SEEK_SET) < 0) {
        return writeError(errno, file);
    }
    US_TRY(writeAll(handle.get(), std::as_bytes(std::span(lines)), file));
    if (::fsync(handle.get()) != 0) {
        return writeError(errno, file);
    }
    return fresh ? syncFolder(file.parent_path()) : Status();
}

}  // namespace understudy::training
