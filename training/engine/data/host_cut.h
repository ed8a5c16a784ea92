// Cuts a face out of what is stored, as a draw asks for, on the CPU: in one pass over its pixels
// what takes a GPU's operators several (cutWithOperators in augmenter.cpp, which it equals within
// 1e-5). Bicubic (a = -0.75), and the border's pixels go on beyond it.
#pragma once

#include <torch/types.h>

#include "training/engine/data/face_store.h"
#include "training/engine/data/sample_draw.h"

namespace understudy::training {

// [3, R, kWarpNodes], of warps of 2, 4 and 8 cells: weights of a cubic (Catmull-Rom) through the
// nodes, smooth, and exact in them. Row i belongs to the centre of output pixel i; node 0 is the
// left edge of the crop.
torch::Tensor warpWeights(int64_t resolution);

class HostCut {
  public:
    HostCut(const FaceStore& store, int resolution);

    // What is filled: [3, R, R], [C - 3, R, R] and [3, R, R], 0 to 1, colours after the transfer.
    struct Planes {
        float* target;
        float* masks;
        float* input;
    };
    // `face` is one of the store's, [C, W, W]. May be called by several threads.
    void cut(const torch::Tensor& face, const SampleDraw& draw, const Planes& out) const;

  private:
    int resolution_;
    int size_;                 // W
    float spread_;             // pixels of the store in half the trained area
    float scale_;              // stored value of 1.0
    std::vector<float> axis_;  // [R]: -1 to 1, centres of the output's pixels
    std::vector<float> rise_;  // [3, nodes, R]: warpWeights, transposed
};

// Whether a draw bends the input.
bool isWarped(const SampleDraw& draw);

}  // namespace understudy::training
