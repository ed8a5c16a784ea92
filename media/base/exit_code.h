// What the exit code of one of the programs means to who started it.
#pragma once

#include <optional>

#include "media/base/result.h"

namespace understudy {

// None for 0, and for codes that are none of ErrorCode's: those of a crash of the program's own.
std::optional<ErrorCode> errorCodeOf(int exitCode);

}  // namespace understudy
