// Convolution the way each device and shape does it fastest.
#pragma once

#include <torch/types.h>

namespace understudy::training {

// As torch::conv2d with zero padding on both axes; [B,I,H,W] and [O,I,k,k].
torch::Tensor convolution(const torch::Tensor& input, const torch::Tensor& weight,
                          const torch::Tensor& bias, int64_t stride, int64_t padding);

}  // namespace understudy::training
