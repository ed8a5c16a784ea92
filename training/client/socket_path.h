// Where the service of this user listens, and the private folder around it.
#pragma once

#include <filesystem>

#include "media/base/result.h"

namespace understudy::training {

// runtimeFolder()/service.sock.
std::filesystem::path socketPath();

// Creates runtimeFolder() with mode 0700, or checks that it belongs to this user alone: in a shared
// temporary folder somebody else may have made it first. Errors: cannotWrite, environment.
Status preparePrivateRuntimeFolder();

// Where the service and the jobs that have no run folder write their logs: stateFolder()/logs.
std::filesystem::path logFolder();

}  // namespace understudy::training
