// A log that another process appends to and that must not grow without bound. The writer keeps the
// file open (it must outlive us), so a running log is copied and cut, not renamed.
#pragma once

#include <filesystem>

#include "media/base/result.h"

namespace understudy::training {

constexpr uintmax_t kLogLimit = 16u << 20;  // bytes, then it becomes <name>.1, and that <name>.2

// Before a new writer starts: makes the folder, moves a full log away.
Status prepareLog(const std::filesystem::path& log);
// While a writer (with O_APPEND) is at work.
void trimLog(const std::filesystem::path& log);

}  // namespace understudy::training
