// Cuts a normalised neighbourhood out of a grey picture, for detectors, landmarks and flow. Only
// for looking: crops that are kept go through media::resample.
#pragma once

#include "media/align/transform.h"
#include "media/frame/image.h"

namespace understudy::media {

// patch(q) = gray(patchFromGray^-1 (q)), `size` square, the edge repeated outside; shrinking
// averages.
Image grayPatch(const Image& gray, const Affine& patchFromGray, int size);

// Enlarged by a whole factor.
Image enlarged(const Image& gray, int factor);

}  // namespace understudy::media
