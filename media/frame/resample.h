// The one geometric resampler of the product: extraction and swap both go through it, so crops of
// one face at 64, 128 and 256 px agree to 0.01 px.
#pragma once

#include "media/align/transform.h"
#include "media/frame/frame_planes.h"
#include "media/frame/image.h"

namespace understudy::media {

enum class Border {
    zero,      // nothing outside the picture
    replicate  // its edge goes on
};

// out(q) = in(inFromOut(q)), with pixel centres at +0.5 in both. Anti-aliased: a cubic kernel
// (Catmull-Rom) where the picture is enlarged, the same kernel widened to the scale where it
// shrinks, so that no source pixel is skipped. `outFromIn` is a similarity or a mild affine
// transform. Returns the type of `in`; f16 is computed in float.
Image resample(const Image& in, const Affine& outFromIn, int outWidth, int outHeight,
               Border border);
// The same of the whole picture, of which `in` has at least what resampledFrom() names.
Image resample(const PicturePart& in, const Affine& outFromIn, int outWidth, int outHeight,
               Border border);

// What resample() looks at in a picture of this size.
PixelRect resampledFrom(int width, int height, const Affine& outFromIn, int outWidth,
                        int outHeight);

}  // namespace understudy::media
