#include "media/align/expression.h"

namespace understudy::media {

double mouthOpening(const Landmarks& landmarks) {
    const double eyes = interOcularDistance(landmarks);
    const double lips =
        (distance(landmarks[61], landmarks[67]) + distance(landmarks[62], landmarks[66]) +
         distance(landmarks[63], landmarks[65])) /
        3;
    return eyes > 0 ? lips / eyes : 0;
}

}  // namespace understudy::media
