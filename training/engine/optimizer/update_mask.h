// Learning-rate dropout (Lin et al., 2019): in each step only some weights are updated, all moments
// are. Which ones is a pure function of (seed, step, network, position of the weight), so that a
// resumed run and every rank choose the same.
#pragma once

#include <torch/types.h>

#include <cstdint>

#include "training/engine/optimizer/update_kernel.h"

namespace understudy::training {

struct UpdateMask {
    double keep = 1;  // probability that a weight is updated
    uint64_t seed = 0;
    int64_t step = 0;
    uint32_t network = 0;  // different networks choose differently

    bool all() const { return keep >= 1; }
    MaskKey key() const;
};

// 1-d bool: whether the weights at positions `first` to `first` + `count` of the flat buffer are
// updated. On any device the same as keepChosen's.
torch::Tensor chosen(const MaskKey& key, int64_t first, int64_t count, torch::Device device);

}  // namespace understudy::training
