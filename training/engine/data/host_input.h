// Makes the input of one face as its draw asks for, on the CPU: gamma, jitter, light and shade,
// then what a worse camera makes of it. What the Augmenter's and the Degrader's operators do to a
// whole batch on a GPU, and equal to it within 1e-4 (a rounding of the codec may fall the other
// way).
#pragma once

#include <mutex>
#include <vector>

#include "training/engine/data/sample_draw.h"

namespace understudy::training {

class HostInput {
  public:
    // `resolution` divisible by 16.
    explicit HostInput(int resolution);

    // `planes` [3, R, R], 0 to 1, are changed in place. May be called by several threads.
    void apply(const SampleDraw& draw, float* planes) const;

  private:
    void shade(const SampleDraw& draw, float* planes) const;
    void blur(const SampleDraw& draw, float* planes) const;
    void grain(const SampleDraw& draw, float* planes) const;
    void compress(int quality, float* planes) const;

    int resolution_;
    std::vector<float> shadeRise_;  // [kShadeNodes, R]
    mutable std::once_flag grainMade_;
    mutable std::vector<float> grain_;  // made when the first draw asks for it
};

}  // namespace understudy::training
