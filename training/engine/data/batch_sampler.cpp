#include "training/engine/data/batch_sampler.h"

#include <algorithm>
#include <bit>

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

}  // namespace understudy::training
