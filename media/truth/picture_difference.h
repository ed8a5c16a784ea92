// How two pictures differ under a mask. Pictures: u8 RGB; masks: u8, one channel, as weights; all
// of one size.
#pragma once

#include "media/frame/image.h"

namespace understudy::media {

// A sum and how much it is of, so that frames can be added up.
struct WeightedSum {
    double sum = 0;
    double weight = 0;

    WeightedSum& operator+=(const WeightedSum& other) {
        sum += other.sum;
        weight += other.weight;
        return *this;
    }
    double mean() const { return weight > 0 ? sum / weight : 0; }
};

// Squares of differences, 0..255, over pixels and channels.
WeightedSum squaredError(const Image& a, const Image& b, const Image& mask);
// 10 log10(255^2 / mean) in dB; 99 for equal pictures and for none.
double psnrOf(const WeightedSum& squares);

// `plate` after the affine map of each channel that brings it nearest to `truth` under the mask.
Image recolored(const Image& plate, const Image& truth, const Image& mask);

// SSIM over pixels, of the luma (Wang et al., "Image quality assessment", 2004: Gaussian window
// of 1.5 px cut at 11 px, k1 = .01, k2 = .03).
WeightedSum structuralSimilarity(const Image& a, const Image& b, const Image& mask);

}  // namespace understudy::media
