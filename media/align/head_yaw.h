// How far a head is turned to the side, from its landmarks alone and in closed form, for programs
// without a solver for poses in perspective.
#pragma once

#include "media/align/landmarks.h"

namespace understudy::media {

// Degrees, -90 to 90, positive to the picture's right. `landmarks` in square pixels of any size and
// rotation. 0 for points that are no face's (all in one place or on a line).
//
// The affine camera that takes the mean head to the points with least squares, then the nearest
// scaled rotation: "pose from orthography and scaling", DeMenthon and Davis, "Model-based object
// pose in 25 lines of code", 1995. Perspective is left out, which costs a degree or two.
double headYaw(const Landmarks& landmarks);

}  // namespace understudy::media
