// The few picture operations that compositing needs, on f32 images.
#pragma once

#include <array>

#include "media/frame/image.h"
#include "media/frame/resample.h"

namespace understudy::training {

// Convolution with a Gaussian of standard deviation `sigma` pixels; sigma <= 0 copies.
media::Image gaussian(const media::Image& image, double sigma, media::Border border);

// The least value within a disk of `radius` pixels (fractions are interpolated between the whole
// radii around them); outside the picture counts as 0. One channel.
media::Image erodeDisk(const media::Image& image, double radius);

// The greatest value within a disk of whole `radius`. One channel.
media::Image dilateDisk(const media::Image& image, int radius);

// Eigenvalues (descending) and eigenvectors (rows) of a symmetric matrix, row-major.
struct Eigen3 {
    std::array<double, 3> values;
    std::array<double, 9> vectors;
};
Eigen3 symmetricEigen(const std::array<double, 9>& matrix);

// One thread each for these operations, when frames are worked on in parallel by the caller.
void useSingleThreadedPictures();

}  // namespace understudy::training
