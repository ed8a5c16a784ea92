// The hull of a face as polygons and as pixels: brows raised, forehead partly covered. Pure
// geometry.
#pragma once

#include <cstdint>
#include <vector>

#include "media/align/landmarks.h"

namespace understudy::media {

using Polygon = std::vector<Point>;

// The outline of the face: union of convex parts over jaw, cheeks, nose and brows raised by
// `browRaise` (0 to 4; 1 is the usual extent). In the coordinates of `landmarks`.
std::vector<Polygon> faceHull(const Landmarks& landmarks, double browRaise = 1);

// Eyes and mouth, for the loss that gives them priority.
std::vector<Polygon> eyesAndMouth(const Landmarks& landmarks);

// Anti-aliased union of polygons: width*height coverages, 0 to 255, row-major.
std::vector<uint8_t> rasterize(const std::vector<Polygon>& polygons, int width, int height);

}  // namespace understudy::media
