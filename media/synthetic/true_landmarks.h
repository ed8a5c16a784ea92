// Where the 68 points truly are on a rendered head.
#pragma once

#include <vector>

#include "media/align/landmarks.h"
#include "media/synthetic/head_shape.h"
#include "media/synthetic/view.h"

namespace understudy::media {

// `points`: the head's vertices in their place; `face`: whose face it shows. In pixels. The jaw
// follows the visible contour where the head's turn hides its own points.
Landmarks trueLandmarks(const std::vector<Vec3>& points, const Identity& face,
                        const Expression& expression, const Camera& camera);

}  // namespace understudy::media
