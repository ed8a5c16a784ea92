// What the face finder looks at: a grey, display-like, square-pixelled copy of a frame, small
// enough to keep a batch of them in memory.
#pragma once

#include "media/align/transform.h"
#include "media/frame/frame.h"

namespace understudy::media {

struct AnalysisImage {
    FrameNumber number = 0;
    Image gray;                // u8, one channel
    Affine analysisFromFrame;  // a scaling: centres at +0.5 in both
};

// The longest side is at most `longestSide`; smaller frames keep their size. Scene-linear samples
// are brightened as for a display first.
AnalysisImage analysisImage(const Frame& frame, int longestSide = 1280);

}  // namespace understudy::media
