#include "training/client/rotated_log.h"

#include "media/base/file.h"

namespace understudy::training {
namespace {

namespace fs = std::filesystem;

bool isFull(const fs::path& log) {
    std::error_code failed;
    const auto size = fs::file_size(log, failed);
    return !failed && size > kLogLimit;
}

fs::path older(const fs::path& log, int generation) {
    fs::path path = log;
    path += generation == 1 ? ".1" : ".2";
    return path;
}

}  // namespace

Status prepareLog(const fs::path& log) {
    US_TRY(createPrivateFolder(log.parent_path()));
    if (isFull(log)) {
        std::error_code ignored;
        fs::rename(older(log, 1), older(log, 2), ignored);
        fs::rename(log, older(log, 1), ignored);
    }
    return {};
}

void trimLog(const fs::path& log) {
    if (!isFull(log)) {
        return;
    }
    std::error_code failed;
    fs::rename(older(log, 1), older(log, 2), failed);
    fs::copy_file(log, older(log, 1), fs::copy_options::overwrite_existing, failed);
    // Cut even if the copy failed (disk full): the log would only make it worse.
    fs::resize_file(log, 0, failed);
}

}  // namespace understudy::training
