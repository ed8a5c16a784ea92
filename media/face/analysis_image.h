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

constexpr int kAnalysisSide = 1280;  // longest, in pixels; smaller frames keep their size

// How frames of one size are looked at.
struct AnalysisGeometry {
    int width = 0;
    int height = 0;
    Affine analysisFromFrame;
};
AnalysisGeometry analysisGeometry(int frameWidth, int frameHeight, double pixelAspect);

// Scene-linear samples are brightened as for a display first.
AnalysisImage analysisImage(const Frame& frame);

}  // namespace understudy::media
