// SSIM of one plane and its gradient on plain memory, for CPUs: autograd would pass over eight
// times as many pictures.
#pragma once

#include <cstdint>
#include <vector>

namespace understudy::training {

// [height, width] pictures in fp32, 0 to 1.
struct SsimPlane {
    const float* image = nullptr;
    const float* target = nullptr;
    float* gradient = nullptr;  // of the sum by `image`; may be null
    int64_t height = 0, width = 0;
};

// The sum of SSIM over the valid positions of the separable `window`; `scratch` is reused from call
// to call.
double ssimSum(const SsimPlane& plane, const float* window, int64_t size,
               std::vector<float>& scratch);

}  // namespace understudy::training
