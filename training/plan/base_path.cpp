#include "training/plan/base_path.h"

#include <algorithm>
#include <vector>

#include "media/base/paths.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

bool isFolder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

}  // namespace

std::vector<std::string> shippedBases() {
    std::vector<std::string> names;
    if (const auto folder = resourceFile("base"); folder.ok()) {
        std::error_code failed;
        for (fs::directory_iterator at(*folder, failed), end; !failed && at != end;
             at.increment(failed)) {
            names.push_back(at->path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<fs::path> findBase(const std::string& base, const fs::path& runsFolder) {
    const fs::path given(base);
    const bool plain =
        !base.empty() && base.find('/') == std::string::npos && base != "." && base != "..";
    if (plain && isFolder(runsFolder / given)) {
        return runsFolder / given;
    }
    if (!base.empty() && isFolder(given)) {
        return given;
    }
    if (plain) {
        if (const auto shipped = resourceFile("base/" + base); shipped.ok() && isFolder(*shipped)) {
            return *shipped;
        }
    }
    std::string shipped;
    for (const std::string& name : shippedBases()) {
        shipped += (shipped.empty() ? "" : ", ") + name;
    }
    return Error{ErrorCode::usage, "there is no base '" + base.substr(0, 200) + "'", "base",
                 "Name a run of this project, the folder of a run or checkpoint" +
                     (shipped.empty() ? std::string() : ", or one of " + shipped)};
}

}  // namespace understudy::training
