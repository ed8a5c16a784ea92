// The hull of a face as polygons and as pixels: brows raised, forehead partly covered. Pure
// geometry.
#pragma once

#include <cstdint>
#include <vector>

#include "media/align/face_alignment.h"
#include "media/align/landmarks.h"

namespace understudy::media {

using Polygon = std::vector<Point>;

// The outline of the face: union of convex parts over jaw, cheeks, nose and brows raised by
// `browRaise` (0 to 4). In the coordinates of `landmarks`.
// 0: the brows as they are. Up to 1: each brow point is lifted away from the eye below it, at 1 by
// half its distance (the usual extent). Beyond 1 a forehead is added: an arch over the raised brows
// that grows along the face's own up direction, in its middle by (browRaise - 1)/3 of 0.9 times the
// distance between brows and base of the nose (the classical height of a forehead), at the temples
// much less, and the temples are filled up to the ears. So 2.5 ends about halfway to the hairline
// and 4 just below it.
std::vector<Polygon> faceHull(const Landmarks& landmarks, double browRaise = 1);

// The brow raise that suits a face type: 1 where the forehead is not in the crop, more for whole
// faces and heads. Extraction and swap both use it, so that their masks agree.
double browRaiseFor(FaceType type);

// Eyes and mouth, for the loss that gives them priority.
std::vector<Polygon> eyesAndMouth(const Landmarks& landmarks);

// Anti-aliased union of polygons: width*height coverages, 0 to 255, row-major.
std::vector<uint8_t> rasterize(const std::vector<Polygon>& polygons, int width, int height);

}  // namespace understudy::media
