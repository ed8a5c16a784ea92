#include "training/plan/scaling.h"

#include <algorithm>

#include "media/base/check.h"

namespace understudy::training {

namespace {
constexpr double kBucketBytes = 25 << 20;  // as the gradient reducer cuts them
}

const std::vector<Link>& usualLinks() {
    static const std::vector<Link> links = {{"NVLink, one machine", 370e9, 2, 8},
                                            {"PCIe, one machine", 12e9, 2, 8},
                                            {"machines of 8 over 400 Gbit/s", 40e9, 16, 64},
                                            {"machines of 8 over 100 Gbit/s", 10e9, 16, 64}};
    return links;
}

Scaling predictedScaling(const StepCost& one, const Link& link, int ranks) {
    US_CHECK(ranks >= 1 && link.busBandwidth > 0 && one.seconds > 0);
    Scaling result;
    result.ranks = ranks;
    const double travel = 2.0 * (ranks - 1) / ranks / link.busBandwidth;
    result.communicationSeconds = one.gradientBytes * travel;
    const double last = std::min(one.gradientBytes, kBucketBytes) * travel;
    result.exposedSeconds = std::max(last, result.communicationSeconds - one.backwardSeconds);
    result.efficiency = one.seconds / (one.seconds + result.exposedSeconds);
    return result;
}

}  // namespace understudy::training
