// Loops over rows of floats that HostCut and HostInput share.
#pragma once

namespace understudy::training {

// out[i] += factor * in[i].
void addScaled(const float* in, float factor, float* out, int count);

// Colours through a 3x4 matrix, in place, clamped to 0 to 1.
void recolorRow(const float* matrix, float* r, float* g, float* b, int count);

// [3, count] to [count, 3].
void interleaveColors(const float* planes, float* pixels, int count);

}  // namespace understudy::training
