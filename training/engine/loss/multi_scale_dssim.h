// Structural dissimilarity at several sizes (Wang, Simoncelli and Bovik, "Multi-scale structural
// similarity for image quality assessment", 2003).
#pragma once

#include <torch/types.h>

namespace understudy::training {

constexpr int kScaleWindow = 11;  // taps, sigma 1.5, at every scale

// How many of the `wanted` scales (1 to 5) a picture has room for: the smallest holds the window.
int scalesWithin(int resolution, int wanted);

// (1 - MS-SSIM) / 2 of [2B,C,H,W], values in 0 to 1: [2], the mean of the first and of the second
// half of the batch. Per plane, MS-SSIM = cs_1^w1 cs_2^w2 ... (l_M cs_M)^wM: each factor the mean
// over the plane at its scale, each scale the average over 2x2 pixels of the one before, exponents
// .0448, .2856, .3001, .2363, .1333, divided by their sum where there are fewer than five. Means
// below 1e-3 count as 1e-3: below 0 there is no power, and at 0 its slope has no bound.
// Differentiable in `images`.
torch::Tensor multiScaleDssimPerSide(const torch::Tensor& images, const torch::Tensor& targets,
                                     const torch::Tensor& window, int scales);

}  // namespace understudy::training
