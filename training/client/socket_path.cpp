#include "training/client/socket_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include "media/base/file.h"
#include "media/base/paths.h"

namespace understudy::training {

std::filesystem::path socketPath() {
    return runtimeFolder() / "service.sock";
}

Status preparePrivateRuntimeFolder() {
    const auto folder = runtimeFolder();
    if (auto made = createPrivateFolder(folder); !made.ok()) {
        Error error = made.error();
        error.remedy = "Set XDG_RUNTIME_DIR to a folder of your own, or unset it";
        return error;
    }
    struct stat info {};
    if (::lstat(folder.c_str(), &info) != 0) {
        return writeError(errno, folder);
    }
    if (!S_ISDIR(info.st_mode) || info.st_uid != ::getuid()) {
        return Error{ErrorCode::environment, "the folder for the service belongs to somebody else",
                     folder.string(), "Set XDG_RUNTIME_DIR to a folder of your own"};
    }
    if ((info.st_mode & 0077) != 0 && ::chmod(folder.c_str(), 0700) != 0) {
        return writeError(errno, folder);
    }
    return {};
}

std::filesystem::path logFolder() {
    return stateFolder() / "logs";
}

}  // namespace understudy::training
