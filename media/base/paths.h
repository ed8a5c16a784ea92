// Where the programs, their resources and the user's private files are. Nothing here is compiled
// in: everything is found from the place of the running program and the environment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy {

// The folder of the running program.
std::filesystem::path programFolder();

// A program of ours beside the running one (or in ${UNDERSTUDY_BIN}, which tests set).
// Errors: environment when it is not there.
Result<std::filesystem::path> siblingProgram(const std::string& name);

// A file under resources/ ("presets/quick.json"): in <bin>/../share/understudy.
// Errors: environment when it is not there.
Result<std::filesystem::path> resourceFile(const std::string& relative);

// Where a site's settings may be, the last that names a key wins: /etc/understudy/site.json, then
// understudy/site.json in $XDG_CONFIG_HOME or ~/.config. One JSON object with the keys of project
// settings.
std::vector<std::filesystem::path> siteSettingsFiles();

// $XDG_STATE_HOME/understudy, else ~/.local/state/understudy. Not created.
std::filesystem::path stateFolder();

// $XDG_CACHE_HOME/understudy, else ~/.cache/understudy: what can be made again. Not
// created; empty where there is neither.
std::filesystem::path cacheFolder();

// $XDG_RUNTIME_DIR/understudy, else a per-user folder in the temporary directory; the first whose
// path is short enough for a socket in it. Not created.
std::filesystem::path runtimeFolder();

}  // namespace understudy
