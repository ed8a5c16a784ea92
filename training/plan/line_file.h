// Files of JSON lines that are only appended to (private to training/plan).
#pragma once

#include <filesystem>
#include <string>

#include "media/base/result.h"

namespace understudy::training {

constexpr uint64_t kLineFileLimit = 64u << 20;  // bytes of such a file

// Durable when it returns; a torn last line of a crash before is cut off first. Errors:
// cannotWrite.
Status appendLines(const std::filesystem::path& file, const std::string& lines);

}  // namespace understudy::training
