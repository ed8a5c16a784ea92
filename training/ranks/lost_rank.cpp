#include "training/ranks/lost_rank.h"

namespace understudy::training {

Error lostRank(const std::string& what, const std::string& where) {
    return {ErrorCode::transient, what, where,
            "Training goes on from the last checkpoint when it is started again"};
}

}  // namespace understudy::training
