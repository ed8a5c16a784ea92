// Structural dissimilarity (Wang et al., "Image quality assessment: from error visibility to
// structural similarity", 2004) with a separable Gaussian window.
#pragma once

#include <torch/types.h>

namespace understudy::training {

// Normalised Gaussian of any size, odd or even, centred on (size - 1) / 2; fp64.
torch::Tensor gaussianWindow(int size, double sigma);

// Every plane of [B,C,H,W] filtered with `window` in both directions; the padding is zeros.
torch::Tensor blurred(const torch::Tensor& images, const torch::Tensor& window,
                      int64_t padding = 0);

// (1 - SSIM) / 2 of [2B,C,H,W] over valid windows, for values in 0 to 1 (k1 .01, k2 .03): [2], the
// mean of the first and of the second half of the batch. Differentiable in `images`.
torch::Tensor dssimPerSide(const torch::Tensor& images, const torch::Tensor& targets,
                           const torch::Tensor& window);

}  // namespace understudy::training
