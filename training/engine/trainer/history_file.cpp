#include "training/engine/trainer/history_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace understudy::training {

namespace fs = std::filesystem;

Result<HistoryFile> HistoryFile::open(const fs::path& path, int64_t upTo) {
    std::string kept;
    if (fs::exists(path)) {
        US_ASSIGN(const std::string text, readFile(path, uint64_t{4} << 30));
        for (size_t start = 0, end; (end = text.find('\n', start)) != std::string::npos;
             start = end + 1) {
            const std::string line = text.substr(start, end - start);
            const std::optional<HistoryLine> parsed = historyFromJson(line);
            if (parsed && parsed->step <= upTo) {
                kept += line + "\n";
            }
        }
        if (kept != text) {
            US_TRY(writeFileAtomic(path, kept));
        }
    }
    FileHandle file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!file) {
        return writeError(errno, path);
    }
    return HistoryFile(std::move(file), path);
}

Status HistoryFile::append(const HistoryLine& line) {
    const std::string text = historyToJson(line) + "\n";
    return writeAll(file_.get(), std::as_bytes(std::span(text)), path_);
}

}  // namespace understudy::training
