#include "training/engine/trainer/batch_share.h"

#include <string>

namespace understudy::training {

Status checkShare(const Plan& plan, int ranks) {
    if (plan.batch % ranks != 0) {
        return Error{ErrorCode::usage,
                     "a batch of " + std::to_string(plan.batch) + " cannot be shared evenly by " +
                         std::to_string(ranks) + " devices",
                     "batch", "Use a multiple of " + std::to_string(ranks)};
    }
    return checkParts(plan, ranks);
}

}  // namespace understudy::training
