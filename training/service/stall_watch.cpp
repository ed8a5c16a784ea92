#include "training/service/stall_watch.h"

#include <algorithm>
#include <vector>

#include "media/base/median.h"

namespace understudy::training {
namespace {

constexpr size_t kKept = 101;
constexpr size_t kRhythm = 5;       // signs of life that make one
constexpr double kTogether = 0.1;   // seconds: what is said about one step
constexpr double kLooksMissed = 5;  // of ours: then we were stopped, not the job

}  // namespace

void StallWatch::begin(double now, bool steady) {
    steady_ = steady;
    lastSign_ = lastCounted_ = lastLook_ = now;
    between_.clear();
    finishing_ = false;
}

void StallWatch::sign(double now) {
    lastSign_ = now;
    if (now - lastCounted_ < kTogether) {
        return;
    }
    between_.push_back(now - lastCounted_);
    lastCounted_ = now;
    if (between_.size() > kKept) {
        between_.pop_front();
    }
}

void StallWatch::work(double now) {
    if (mayBeSilent()) {
        lastSign_ = now;
    }
}

bool StallWatch::mayBeSilent() const {
    return !steady_ || finishing_ || between_.size() < kRhythm;
}

bool StallWatch::isStalled(double now) {
    const double missed = now - lastLook_;
    lastLook_ = now;
    if (missed > kLooksMissed * lookEvery()) {
        lastSign_ = std::min(now, lastSign_ + missed);
        lastCounted_ = std::min(now, lastCounted_ + missed);
    }
    return silence(now) > limit();
}

double StallWatch::lookEvery() const {
    return std::clamp(least_ / 20, 0.02, 1.0);
}

double StallWatch::limit() const {
    return between_.empty()
               ? least_
               : std::max(least_, kStallFactor * medianOf(std::vector<double>(between_.begin(),
                                                                              between_.end())));
}

}  // namespace understudy::training
