// The eyes of the new face lie where the eyes of the plate are. Alignment centres all landmarks of
// a face, so the longer face of another person comes with its eyes too high and too small, and a
// landmark model errs a little differently for each person. Both are the same in every frame of a
// clip: the shift that brings eyes onto eyes, and the scale, are measured once from the pictures.
#pragma once

#include <vector>

#include "media/align/transform.h"
#include "training/swap/occlusion.h"

namespace understudy::training {

// Crop pixels of the fitted swap from those of the swap: a shift of at most an eighth of the face's
// width, and the square root of the scale, of at most 15 %, that would give both the same distance.
// Eyes are compared by weighted normalised correlation. Identity where the eyes cannot be told
// (fewer than kFewestSamples, or no place where they agree clearly).
media::Affine learnEyeFit(const std::vector<FaceSample>& samples);

// Crop pixels of a face `scale` times its size from those of the face; the middle between the
// plate's eyes stays.
media::Affine scaledAboutEyes(const FaceGeometry& face, double scale);

}  // namespace understudy::training
