#include "media/base/philox.h"

#include <cmath>
#include <numbers>

#include "media/base/check.h"

namespace understudy {

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const uint64_t first = uint64_t{0xD2511F53} * counter[0];
        const uint64_t second = uint64_t{0xCD9E8D57} * counter[2];
        counter = {static_cast<uint32_t>(second >> 32) ^ counter[1] ^ key[0],
                   static_cast<uint32_t>(second),
                   static_cast<uint32_t>(first >> 32) ^ counter[3] ^ key[1],
                   static_cast<uint32_t>(first)};
        key[0] += 0x9E3779B9;
        key[1] += 0xBB67AE85;
    }
    return counter;
}

// Counter: block number, sample, step (low 32 bits), stream with the step's high bits. A sequence
// has 2^32 blocks, a run 2^56 steps.
RandomSequence::RandomSequence(const RandomKey& key)
    : key_{static_cast<uint32_t>(key.seed), static_cast<uint32_t>(key.seed >> 32)},
      counter_{0, key.sample, static_cast<uint32_t>(key.step),
               static_cast<uint32_t>(key.step >> 32) << 8 | static_cast<uint32_t>(key.stream)} {}

uint32_t RandomSequence::next() {
    if (used_ == 4) {
        block_ = philox(counter_, key_);
        ++counter_[0];
        used_ = 0;
    }
    return block_[used_++];
}

double RandomSequence::uniform() {
    return next() * 0x1p-32;
}

double RandomSequence::uniform(double low, double high) {
    return low + (high - low) * uniform();
}

double RandomSequence::normal() {
    const double radius = std::sqrt(-2 * std::log((next() + 1.0) * 0x1p-32));
    return radius * std::cos(2 * std::numbers::pi * uniform());
}

bool RandomSequence::chance(double probability) {
    return uniform() < probability;
}

uint32_t RandomSequence::below(uint32_t limit) {
    US_CHECK(limit > 0);
    // Rejects the short last interval, so that every value is equally likely.
    const uint32_t threshold = -limit % limit;
    while (true) {
        const uint32_t value = next();
        if (value >= threshold) {
            return value % limit;
        }
    }
}

}  // namespace understudy
