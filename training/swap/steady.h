// Landmarks are measured frame by frame and tremble a little; a face set in by them would, too.
#pragma once

#include <map>

#include "media/align/landmarks.h"
#include "media/frame/frame.h"

namespace understudy::training {

// Every point's path smoothed by a local quadratic fit with Gaussian weights of `sigma` frames
// (Savitzky and Golay 1964, with gaps): constant speed and constant acceleration pass unchanged, so
// nothing lags. Fits do not reach over gaps of more than two frames. sigma <= 0: as they are.
std::map<media::FrameNumber, media::Landmarks> steadied(
    const std::map<media::FrameNumber, media::Landmarks>& faces, double sigma);

}  // namespace understudy::training
