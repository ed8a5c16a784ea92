#include "media/align/landmarks.h"

namespace understudy::media {

Landmarks transformed(const Landmarks& landmarks, const Affine& transform) {
    Landmarks result;
    for (size_t i = 0; i < landmarks.size(); ++i) {
        result[i] = transform(landmarks[i]);
    }
    return result;
}

double interOcularDistance(const Landmarks& landmarks) {
    return distance(landmarks[36], landmarks[45]);
}

}  // namespace understudy::media
