// How a head is turned, from its landmarks and a mean head.
#pragma once

#include "media/align/landmarks.h"

namespace understudy::media {

// Degrees, as the camera sees the head: yaw to the picture's right, pitch up, roll clockwise.
struct HeadAngles {
    double yaw = 0;
    double pitch = 0;
    double roll = 0;
};

// `landmarks` in square pixels. All 0 for points that are no face's (all in one place).
HeadAngles headAngles(const Landmarks& landmarks);

}  // namespace understudy::media
