// Puts imported faces into a clip that the project has: the plate is there, so only the landmarks
// count, and extraction cuts crops from the plate as it does for faces it found itself.
//
// A face belongs to the frame whose number stands in its frame's name. Where a frame has several,
// the track through the clip is chosen as extraction chooses it (chooseTrack). Landmarks are kept
// as they are, without smoothing: whoever placed them may have done so by hand. The result is
// marked as imported, so that extraction does not search the clip again unless told.
#pragma once

#include <string>
#include <vector>

#include "media/exchange/imported_faces.h"
#include "media/project/project.h"

namespace understudy::media {

struct AttachedFaces {
    int64_t attached = 0;  // frames that have a face now
    int64_t others = 0;    // further faces in those frames, of other people
    std::vector<std::string> warnings;
};

// `offset` is added to the numbers in the names, for frames that were numbered otherwise than the
// plate. Replaces what is known of the clip's faces; review is kept. Errors: usage (no such clip,
// no face lies in it: the names or the picture size do not fit), cannotWrite.
Result<AttachedFaces> attachFaces(Project& project, const std::string& clip,
                                  const ImportedFaces& imported, int64_t offset = 0);

}  // namespace understudy::media
