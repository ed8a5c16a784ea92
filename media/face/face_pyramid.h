// The OpenCV side of a face window.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "media/face/face_window.h"

namespace understudy::media {

struct FaceWindow::Pyramid {
    static constexpr int kLevels = 3;
    static constexpr int kLook = 17;  // side of what flow compares about a point, pixels

    std::vector<cv::Mat> levels;  // with derivatives, so that flow may start from either picture
};

}  // namespace understudy::media
