// Shrinks stored crops to the size that trains, exactly by area: every stored pixel counts with the
// part of it that an output pixel covers. Free of torch, so that it can be tested and reused alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace understudy::training {

// Interleaved samples [0, scale] of size x size x channels to planes of target x target. The target
// is not larger than the size.
class AreaShrink {
  public:
    AreaShrink(int size, int target);

    // `planes` receives `channels` planes, one after the other, in the units of `pixels`.
    void apply(const float* pixels, int channels, float* planes) const;

  private:
    struct Tap {
        int first = 0;
        std::vector<float> weights;  // sum 1
    };

    int size_;
    int target_;
    std::vector<Tap> taps_;
};

// IEEE half to float.
float halfToFloat(uint16_t bits);

}  // namespace understudy::training
