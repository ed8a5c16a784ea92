#include "training/engine/data/batch_sampler.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>

#include "media/base/check.h"
#include "media/base/philox.h"

namespace understudy::training {

FaceSplit splitFaces(int64_t count, int64_t wantedValidation) {
    const int64_t held = std::clamp<int64_t>(wantedValidation, 0, count / 10);
    FaceSplit split;
    int64_t next = 0;
    for (int64_t i = 0; i < count; ++i) {
        // The middle of each of `held` equal stretches.
        if (next < held && i == (2 * next + 1) * count / (2 * held)) {
            split.validation.push_back(i);
            ++next;
        } else {
            split.training.push_back(i);
        }
    }
    return split;
}

BatchSampler::BatchSampler(int64_t count, uint64_t seed, uint32_t side)
    : count_(static_cast<uint64_t>(count)), seed_(seed), side_(side) {
    US_CHECK(count > 0);
    halfBits_ = std::max(1u, static_cast<uint32_t>(std::bit_width(count_ - 1) + 1) / 2);
}

int64_t BatchSampler::at(uint64_t n) const {
    return static_cast<int64_t>(permuted(n / count_, n % count_));
}

// A Feistel network over the next even power of two, walked until it lands inside the range: a
// permutation that needs no memory and no shuffle (Black and Rogaway, "Ciphers with arbitrary
// finite domains", CT-RSA 2002).
uint64_t BatchSampler::permuted(uint64_t epoch, uint64_t position) const {
    const uint32_t mask = (uint32_t{1} << halfBits_) - 1;
    const std::array<uint32_t, 2> key = {static_cast<uint32_t>(seed_),
                                         static_cast<uint32_t>(seed_ >> 32)};
    const auto stream = static_cast<uint32_t>(RandomStream::sampleOrder);
    uint64_t value = position;
    do {
        auto left = static_cast<uint32_t>(value >> halfBits_);
        uint32_t right = static_cast<uint32_t>(value) & mask;
        for (uint32_t round = 0; round < 6; ++round) {
            const auto noise = philox({right, side_ << 8 | round, static_cast<uint32_t>(epoch),
                                       static_cast<uint32_t>(epoch >> 32) << 8 | stream},
                                      key);
            const uint32_t mixed = left ^ (noise[0] & mask);
            left = right;
            right = mixed;
        }
        value = uint64_t{left} << halfBits_ | right;
    } while (value >= count_);
    return value;
}

namespace {

// Orders of their own for the ranges and for the faces of each, apart from sides 0 and 1.
uint32_t sideOf(uint32_t side, size_t order) {
    return side + 2 * (1 + static_cast<uint32_t>(order));
}

}  // namespace

UniformYawSampler::Ranges UniformYawSampler::rangesOf(std::span<const float> yaws) {
    US_CHECK(!yaws.empty());
    std::map<int, std::vector<int64_t>> found;
    for (size_t i = 0; i < yaws.size(); ++i) {
        // Straight ahead is the middle of a range.
        const double range =
            std::round(std::clamp<double>(yaws[i], -kMostYaw, kMostYaw) / kYawRange);
        found[static_cast<int>(range)].push_back(static_cast<int64_t>(i));
    }
    Ranges ranges;
    for (auto& [range, faces] : found) {
        ranges.push_back(std::move(faces));
    }
    return ranges;
}

UniformYawSampler::UniformYawSampler(std::span<const float> yaws, uint64_t seed, uint32_t side)
    : UniformYawSampler(rangesOf(yaws), seed, side) {}

UniformYawSampler::UniformYawSampler(Ranges ranges, uint64_t seed, uint32_t side)
    : ranges_(std::move(ranges)),
      rangeOrder_(static_cast<int64_t>(ranges_.size()), seed, sideOf(side, 0)) {
    for (size_t i = 0; i < ranges_.size(); ++i) {
        faceOrders_.emplace_back(static_cast<int64_t>(ranges_[i].size()), seed,
                                 sideOf(side, i + 1));
    }
}

int64_t UniformYawSampler::at(uint64_t n) const {
    const auto range = static_cast<size_t>(rangeOrder_.at(n));
    // Every round takes one face of each range, so this is its face number `round`.
    const uint64_t round = n / ranges_.size();
    return ranges_[range][static_cast<size_t>(faceOrders_[range].at(round))];
}

// ---- pairs of identities ----

namespace {

// Orders of their own, behind those of all identities.
constexpr uint32_t kIdentityOrder = 0xfffffe, kIdentityShift = 0xffffff;
// A sampler by yaw takes this many orders at most, two apart.
constexpr uint32_t kOrdersOfAnIdentity = 64;

}  // namespace

uint32_t sideOfIdentity(size_t i) {
    // Source and destination are 0 and 1, as they were when there were no others.
    return i < 2 ? static_cast<uint32_t>(i) : kOrdersOfAnIdentity * static_cast<uint32_t>(i);
}

PairSampler::PairSampler(size_t count, uint64_t seed)
    : count_(count),
      order_(static_cast<int64_t>(count), seed, kIdentityOrder),
      shift_(std::max<int64_t>(1, static_cast<int64_t>(count) - 1), seed, kIdentityShift) {
    US_CHECK(count >= 2);
}

// The identities in a fresh order each round; the destination is so many places on, a number that
// takes all values in turn too.
PairSampler::Pair PairSampler::at(uint64_t step) const {
    if (count_ == 2) {
        return {};
    }
    const uint64_t round = step / count_, place = step % count_;
    const auto shift = 1 + static_cast<uint64_t>(shift_.at(round));
    return {static_cast<size_t>(order_.at(step)),
            static_cast<size_t>(order_.at(round * count_ + (place + shift) % count_))};
}

std::pair<uint64_t, uint64_t> PairSampler::firstSamples(uint64_t step, uint64_t batch) const {
    if (count_ == 2) {
        return {step * batch, step * batch};
    }
    const uint64_t round = step / count_;
    return {2 * round * batch, (2 * round + 1) * batch};
}

}  // namespace understudy::training
