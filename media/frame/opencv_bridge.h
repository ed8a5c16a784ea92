// The one header that names OpenCV: looks at an Image as a cv::Mat without a copy, and back. The
// channels stay in the order R, G, B (A); tell OpenCV functions so (COLOR_RGB2…).
#pragma once

#include <cstring>
#include <opencv2/core.hpp>

#include "media/frame/image.h"

namespace understudy::media {

inline int matDepth(SampleType type) {
    switch (type) {
        case SampleType::u8:
            return CV_8U;
        case SampleType::u16:
            return CV_16U;
        case SampleType::f16:
            return CV_16F;
        default:
            return CV_32F;
    }
}

// Shares the image's memory: must not outlive it.
inline cv::Mat matView(Image& image) {
    return cv::Mat(image.height(), image.width(),
                   CV_MAKETYPE(matDepth(image.type()), image.channels()), image.data(),
                   image.rowBytes());
}

// For reading only, although the type cannot say so.
inline cv::Mat matView(const Image& image) {
    return matView(const_cast<Image&>(image));
}

// A copy. Depths CV_8U, CV_16U, CV_16F and CV_32F with 1 to 4 channels.
inline Image imageFromMat(const cv::Mat& mat) {
    SampleType type = SampleType::f32;
    switch (mat.depth()) {
        case CV_8U:
            type = SampleType::u8;
            break;
        case CV_16U:
            type = SampleType::u16;
            break;
        case CV_16F:
            type = SampleType::f16;
            break;
        default:
            US_CHECK(mat.depth() == CV_32F);
    }
    Image image(mat.cols, mat.rows, mat.channels(), type);
    for (int y = 0; y < mat.rows; ++y) {
        std::memcpy(image.data() + static_cast<size_t>(y) * image.rowBytes(), mat.ptr(y),
                    image.rowBytes());
    }
    return image;
}

}  // namespace understudy::media
