// Starts the service as a process of its own that outlives whoever starts it.
#pragma once

#include "media/base/result.h"

namespace understudy::training {

// Returns as soon as it is on its way. Where one runs already the new one notices by the service's
// lock and ends at once. Errors: environment (program missing), cannotWrite (its log).
Status startServiceDetached();

}  // namespace understudy::training
