// What a face does, from its landmarks alone.
#pragma once

#include "media/align/landmarks.h"

namespace understudy::media {

// How far the mouth is open: mean distance of the three pairs of inner lip points (61-67, 62-66,
// 63-65) over the distance between the outer corners of the eyes. 0 closed, about 0.1 in speech,
// 0.3 and more wide open. Needs no frontal view: a head that turns narrows the eyes, so take it for
// comparison of many faces and not as a measure of one. 0 for points that are no face's.
double mouthOpening(const Landmarks& landmarks);

}  // namespace understudy::media
