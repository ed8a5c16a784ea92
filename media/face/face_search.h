// Finds faces through consecutive frames. A batch depends on its own frames (and the one before,
// for motion) alone, so batches may run in any order on any thread and a repeated one gives the
// same.
#pragma once

#include <span>
#include <vector>

#include "media/face/analysis_image.h"
#include "media/face/face_finder.h"

namespace understudy::media {

// All faces of each frame, in no order that means anything. Searches the first frame, follows what
// it finds, searches again where a face is lost and every few frames while there is none, and
// follows backwards what appears in the middle. `before`: the frame before the first, or null (at
// the start and after a gap in the numbers).
// With `lastToo` the last frame is searched as well, for who came in on the way: of other batches
// the next one does that.
std::vector<std::vector<FaceFound>> searchBatch(FaceFinder& finder, const AnalysisImage* before,
                                                std::span<const AnalysisImage> frames,
                                                bool lastToo = true);

// Removes faces that lie on a better one.
void removeDoubles(std::vector<FaceFound>& faces);

}  // namespace understudy::media
