// Whether the devices of a run can divide its batch among them.
#pragma once

#include "media/base/result.h"
#include "training/plan/plan.h"

namespace understudy::training {

// Each of `ranks` devices takes an equal share of the batch, in equal parts. Errors: usage, naming
// what to change.
Status checkShare(const Plan& plan, int ranks);

}  // namespace understudy::training
