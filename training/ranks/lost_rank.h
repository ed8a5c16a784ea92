// What training processes say when they have lost one another, in the same words everywhere.
#pragma once

#include <string>

#include "media/base/result.h"

namespace understudy::training {

// `what` happened, `where`: "NCCL", "ranks" or a log. Transient, for the run can be started again.
Error lostRank(const std::string& what, const std::string& where);

}  // namespace understudy::training
