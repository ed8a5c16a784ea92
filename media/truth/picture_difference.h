// How two pictures differ under a mask. Pictures: u8 RGB; masks: u8, one channel, as weights; all
// of one size.
#pragma once

#include "media/frame/image.h"

namespace understudy::media {

// Sums, so that frames can be added up.
struct SquaredError {
    double sum = 0;     // of squares of differences, 0..255, over pixels and channels
    double weight = 0;  // of all those

    SquaredError& operator+=(const SquaredError& other);
    // 10 log10(255^2 / mean); 99 for equal pictures.
    double psnr() const;
};
SquaredError squaredError(const Image& a, const Image& b, const Image& mask);

// `plate` after the affine map of each channel that brings it nearest to `truth` under the mask.
Image recolored(const Image& plate, const Image& truth, const Image& mask);

struct Similarity {
    double sum = 0;  // of SSIM over pixels
    double weight = 0;

    Similarity& operator+=(const Similarity& other);
    double mean() const { return weight > 0 ? sum / weight : 1; }
};
// SSIM of the luma (Wang et al., "Image quality assessment", 2004: Gaussian window of 1.5 px cut at
// 11 px, k1 = .01, k2 = .03).
Similarity structuralSimilarity(const Image& a, const Image& b, const Image& mask);

}  // namespace understudy::media
