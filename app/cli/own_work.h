// Work that understudy-cli does itself, shown and stopped as a job is.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "media/base/result.h"

namespace understudy::cli {

using SayDone = std::function<void(int64_t done, int64_t total)>;

// Calls `work` on a thread of its own, shows what it says it has done, in `unit`, and asks it to
// stop on Ctrl-C. Returns what it returns.
Status doOwnWork(const std::string& title, const std::string& unit,
                 const std::function<Status(const SayDone&, std::stop_token)>& work);

}  // namespace understudy::cli
