// Which face the n-th sample of a run is: a pure function of (seed, side, n). Batches therefore do
// not depend on the number of ranks, and a resumed run needs only its step. Every epoch is a fresh
// permutation, so that each face is seen equally often.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace understudy::training {

// Faces that train and faces that only measure. The latter are spread evenly over the clip's order,
// at most a tenth of all; a handful of faces gives none.
struct FaceSplit {
    std::vector<int64_t> training;
    std::vector<int64_t> validation;
};
FaceSplit splitFaces(int64_t count, int64_t wantedValidation);

class BatchSampler {
  public:
    // `count` faces > 0; `side`, below 2^24, keeps the orders of source and destination apart.
    BatchSampler(int64_t count, uint64_t seed, uint32_t side);

    // Position, 0 to count - 1, of sample `n` = step * batch + place in the batch.
    int64_t at(uint64_t n) const;

  private:
    uint64_t permuted(uint64_t epoch, uint64_t position) const;

    uint64_t count_;
    uint64_t seed_;
    uint32_t side_;
    uint32_t halfBits_;
};

// The same where every turn of the head is to be equally frequent: faces are sorted into ranges of
// yaw, `kYawRange` degrees each; of any K samples in a row that begin at a multiple of K, the
// number of ranges that have faces, one is of each range. Within a range every face is equally
// frequent.
class UniformYawSampler {
  public:
    // `yaws`: degrees, of one face or more.
    UniformYawSampler(std::span<const float> yaws, uint64_t seed, uint32_t side);

    int64_t at(uint64_t n) const;

  private:
    using Ranges = std::vector<std::vector<int64_t>>;  // positions, 0 to count - 1
    static Ranges rangesOf(std::span<const float> yaws);
    UniformYawSampler(Ranges ranges, uint64_t seed, uint32_t side);

    Ranges ranges_;
    BatchSampler rangeOrder_;
    std::vector<BatchSampler> faceOrders_;  // of each range
};

// Whose faces a step trains: two identities of a run, never the same. With two identities it is
// always (0, 1). With more, every identity is once on each side in any `count` steps that begin at
// a multiple of `count`, and all ordered pairs are equally frequent in the long run. A pure
// function of (seed, step), so that all ranks train the same pair.
class PairSampler {
  public:
    struct Pair {
        size_t source = 0, destination = 1;
    };
    // `count` identities, 2 or more.
    PairSampler(size_t count, uint64_t seed);

    Pair at(uint64_t step) const;
    // The first of the samples of a step among all that its source has given, and likewise of its
    // destination: an identity gives `batch` samples a side in each round of steps, so that its
    // faces are equally frequent.
    std::pair<uint64_t, uint64_t> firstSamples(uint64_t step, uint64_t batch) const;

  private:
    uint64_t count_;
    BatchSampler order_, shift_;
};

// Of identity `i`, for the samplers of its faces.
uint32_t sideOfIdentity(size_t i);

// For the sampler of moments that all identities share.
constexpr uint32_t kSharedMoments = 0xfffffd;

// As wide as landmarks tell turns apart.
constexpr double kYawRange = 5;
// Turns beyond it share a range: there are few, and their landmarks guess.
constexpr double kMostYaw = 60;

}  // namespace understudy::training
