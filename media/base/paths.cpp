#include "media/base/paths.h"

#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

namespace understudy {

namespace fs = std::filesystem;

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

}  // namespace

fs::path programFolder() {
    std::error_code failed;
    const fs::path self = fs::read_symlink("/proc/self/exe", failed);
    return failed ? fs::current_path() : self.parent_path();
}

Result<fs::path> siblingProgram(const std::string& name) {
    const std::string folder = environment("UNDERSTUDY_BIN");
    const fs::path path = (folder.empty() ? programFolder() : fs::path(folder)) / name;
    if (::access(path.c_str(), X_OK) != 0) {
        return Error{ErrorCode::environment, "the program " + name + " is missing", path.string(),
                     "Install Understudy again, or build all of it"};
    }
    return path;
}

Result<fs::path> resourceFile(const std::string& relative) {
    const std::string folder = environment("UNDERSTUDY_BIN");
    const fs::path bin = folder.empty() ? programFolder() : fs::path(folder);
    // Tests lie beside bin/, so the same relative place serves them too.
    const fs::path path = bin.parent_path() / "share" / "understudy" / relative;
    if (!fs::exists(path)) {
        return Error{ErrorCode::environment, "a file of the installation is missing", path.string(),
                     "Install Understudy again, or build all of it"};
    }
    return path;
}

fs::path stateFolder() {
    if (const std::string state = environment("XDG_STATE_HOME"); !state.empty()) {
        return fs::path(state) / "understudy";
    }
    return fs::path(environment("HOME")) / ".local" / "state" / "understudy";
}

fs::path cacheFolder() {
    if (const std::string cache = environment("XDG_CACHE_HOME"); !cache.empty()) {
        return fs::path(cache) / "understudy";
    }
    const std::string home = environment("HOME");
    return home.empty() ? fs::path() : fs::path(home) / ".cache" / "understudy";
}

fs::path runtimeFolder() {
    // Of sockaddr_un::sun_path, less what a socket in the folder is called.
    static constexpr size_t kLongest = sizeof(sockaddr_un::sun_path) - sizeof("/service.sock");
    const fs::path own = "understudy-" + std::to_string(::getuid());
    if (const std::string runtime = environment("XDG_RUNTIME_DIR"); !runtime.empty()) {
        if (const fs::path folder = fs::path(runtime) / "understudy";
            folder.native().size() <= kLongest) {
            return folder;
        }
    }
    std::error_code failed;
    if (const fs::path folder = fs::temp_directory_path(failed) / own;
        !failed && folder.native().size() <= kLongest) {
        return folder;
    }
    return "/tmp" / own;
}

std::vector<fs::path> siteSettingsFiles() {
    std::vector<fs::path> files = {"/etc/understudy/site.json"};
    if (const std::string config = environment("XDG_CONFIG_HOME"); !config.empty()) {
        files.push_back(fs::path(config) / "understudy" / "site.json");
    } else if (const std::string home = environment("HOME"); !home.empty()) {
        files.push_back(fs::path(home) / ".config" / "understudy" / "site.json");
    }
    return files;
}

}  // namespace understudy
