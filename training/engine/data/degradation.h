// What a worse camera does to a picture, in numbers: what Degrader (on tensors) and HostInput (on
// rows of floats) have in common.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace understudy::training {

constexpr int kCodecBlock = 8;  // pixels
constexpr int kCodecBlockPixels = kCodecBlock * kCodecBlock;

// Quantisation steps of a JPEG of quality 1 to 100, for luminance [64] and colour [64], row-major:
// the tables of Annex K of ITU T.81, scaled as the Independent JPEG Group does.
std::array<std::array<int, kCodecBlockPixels>, 2> quantisation(int quality);

// Of the transform of a block: what place `x` of a line counts in frequency `k`, orthonormal.
double codecCosine(int k, int x);

// Of JFIF, 3x3: to luminance and the two colour differences, all centred at 0 but luminance.
constexpr float kCodecFromRgb[9] = {0.299f, 0.587f, 0.114f,     -0.168736f, -0.331264f,
                                    0.5f,   0.5f,   -0.418688f, -0.081312f};
constexpr float kCodecToRgb[9] = {1, 0, 1.402f, 1, -0.344136f, -0.714136f, 1, 1.772f, 0};

// Blurs of smaller deviations, in pixels, change nothing.
constexpr float kSharpestBlur = 0.01f;
// How many pixels to each side the widest blur reaches.
int blurReach(int64_t resolution);

// Normal numbers; a sample's grain is a stretch of them: the same on every device and for any
// number of ranks.
std::vector<float> grainTable(int64_t count);

}  // namespace understudy::training
