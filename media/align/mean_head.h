// The points of a face that expressions move least, on a mean head: what a head's turn is measured
// against.
#pragma once

#include <array>

namespace understudy::media {

// Centimetres: x to the picture's right, y down, z away from the camera.
struct HeadPoint {
    int landmark = 0;
    double x = 0;
    double y = 0;
    double z = 0;
};

// The mean of our own rendered heads (media/synthetic).
inline constexpr std::array<HeadPoint, 15> kMeanHead = {{{27, 0, -0.15, -8.51},
                                                         {28, 0, 1.45, -8.89},
                                                         {29, 0, 3.00, -9.34},
                                                         {30, 0, 4.50, -10.31},
                                                         {31, -1.49, 5.06, -8.86},
                                                         {32, -0.77, 5.28, -8.61},
                                                         {33, 0, 5.45, -8.47},
                                                         {34, 0.77, 5.28, -8.61},
                                                         {35, 1.49, 5.06, -8.86},
                                                         {36, -4.39, 0, -6.28},
                                                         {39, -1.72, 0, -6.32},
                                                         {42, 1.72, 0, -6.32},
                                                         {45, 4.39, 0, -6.28},
                                                         {48, -2.54, 7.42, -7.47},
                                                         {54, 2.54, 7.42, -7.47}}};

}  // namespace understudy::media
