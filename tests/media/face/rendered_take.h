// Takes of rendered performers as the face finder sees them, with their truth.
#pragma once

#include <memory>
#include <vector>

#include "media/face/face_track.h"
#include "media/face/landmarker.h"
#include "media/synthetic/performance.h"

namespace understudy::tests {

std::shared_ptr<const media::Landmarker> landmarkModel();  // throws where it is not installed

struct RenderedTake {
    std::vector<media::Moment> moments;
    std::vector<media::RenderedFrame> frames;
};

// 320 x 240 unless told.
RenderedTake renderedTake(uint64_t identity, const media::TakeOptions& options, int width = 320,
                          int height = 240);

media::Image grayOf(const media::Image& picture);

// What the search finds in these pictures, frames from 1.
std::vector<media::FrameFaces> searched(const std::vector<media::Image>& pictures);

// The chosen performer of what was found, with smoothed landmarks.
struct FoundTrack {
    std::vector<media::FrameNumber> numbers;
    std::vector<std::optional<media::FaceFound>> track;
    std::vector<std::optional<media::Landmarks>> smooth;
};
FoundTrack trackOf(const RenderedTake& take);

}  // namespace understudy::tests
