// Whether there is a service at all.
#pragma once

#include "app/cli/verbs.h"
#include "media/base/result.h"

namespace understudy::cli {

// The process of this user's service; null: none. The lock holds the number of the process that
// has it, and still does after it has gone.
Json servicePid();

// Of an answer that was an error: there is no service, not even one that cannot be spoken to.
bool isAbsent(const Result<Json>& answer);

}  // namespace understudy::cli
