// Small image operations that several libraries need, in plain C++ so that the trainer has them
// too. All work on every sample type unless they say otherwise, and return a new image.
#pragma once

#include "media/frame/image.h"
#include "media/frame/resample.h"

namespace understudy::media {

// Through float: integers scaled to [0, 1] and back.
Image convertType(const Image& image, SampleType type);

// Grey to colour repeats it, an added alpha is opaque, a removed one is dropped as it is (the
// colours stay premultiplied); colour to grey takes the BT.709 luma of the values as they are.
Image convertChannels(const Image& image, int channels);

// The rectangle, which must lie inside.
Image crop(const Image& image, int x, int y, int width, int height);

// Turns and mirrors a stored picture so that it stands as shown; `orientation` is 1 to 8 as in
// TIFF and Exif (1 = as stored, 3 = half a turn, 6 = a quarter turn clockwise, 8 = anticlockwise).
Image orient(Image image, int orientation);

// Exact area average; both sizes at most the image's.
Image shrinkByArea(const Image& image, int width, int height);

// Separable Gaussian with standard deviation `sigma` in pixels, cut off at 3 sigma; 0 = a copy.
Image gaussianBlur(const Image& image, double sigma, Border border = Border::replicate);

}  // namespace understudy::media
