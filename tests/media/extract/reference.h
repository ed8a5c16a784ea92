// Judges what extraction found in a real clip: the project of one clip, and landmarks placed by
// detector and model on the doubled frame as the reference.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/extract/clip_extraction.h"
#include "media/source/frame_source.h"

namespace understudy::tests {

// A new project in `folder` with the clip of performer A; throws std::runtime_error.
media::Project projectOf(const std::filesystem::path& folder, const std::filesystem::path& clip);

// Extracts, and throws on errors.
media::ExtractResult extracted(media::Project& project, const std::string& clip,
                               const media::ExtractOptions& options = {});

struct Deviation {
    int64_t compared = 0;  // frames where the reference detector sees a face
    double mean = 0;       // over frames, of the mean over the 68 points, in inter-ocular distances
    double worst = 0;      // frame
    int64_t worstFrame = 0;
    double worstInner = 0;  // frame, over brows, nose, eyes and mouth alone
};

// Looks at every `every`-th frame.
Deviation deviationFromReference(media::Project& project, const std::string& clip, int every = 1);

}  // namespace understudy::tests
