// The 68 iBUG points of a face, in frame pixels with centres at +0.5: jaw 0-16, brows 17-21 and
// 22-26, nose 27-35, eyes 36-41 and 42-47, outer lip 48-59, inner lip 60-67.
#pragma once

#include <array>

#include "media/align/transform.h"

namespace understudy::media {

constexpr int kLandmarkCount = 68;
using Landmarks = std::array<Point, kLandmarkCount>;

Landmarks transformed(const Landmarks& landmarks, const Affine& transform);

// Distance between the outer corners of the eyes (36, 45).
double interOcularDistance(const Landmarks& landmarks);

}  // namespace understudy::media
