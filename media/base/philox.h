// Counter-based random numbers: Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011). Every number is a pure function of (seed, step, sample, stream), so a batch
// does not depend on the number of ranks and a resumed run needs one integer.
#pragma once

#include <array>
#include <cstdint>

namespace understudy {

// What a stream of numbers is for; a value, once shipped, keeps its meaning.
enum class RandomStream : uint32_t {
    sampleOrder = 0,
    augmentSource = 1,
    augmentDestination = 2,
    initialWeights = 3,
    validation = 4,
    identity = 5,
    performance = 6,
    grain = 7,
    pairedStep = 8,
    updateMask = 16,
    test = 100,
};

struct RandomKey {
    uint64_t seed = 0;
    uint64_t step = 0;
    uint32_t sample = 0;  // global sample index within the step
    RandomStream stream = RandomStream::test;
};

// Ten rounds on one counter and key.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// The sequence of numbers that belongs to one key. Cheap to make; copies continue independently.
class RandomSequence {
  public:
    explicit RandomSequence(const RandomKey& key);

    uint32_t next();
    double uniform();                         // [0, 1), 32 bits
    double uniform(double low, double high);  // [low, high)
    double normal();                          // mean 0, deviation 1 (Box-Muller)
    bool chance(double probability);
    uint32_t below(uint32_t limit);  // [0, limit), unbiased; limit > 0

  private:
    std::array<uint32_t, 2> key_;
    std::array<uint32_t, 4> counter_;
    std::array<uint32_t, 4> block_{};
    int used_ = 4;
};

}  // namespace understudy
