#include "training/swap/image_ops.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "media/base/check.h"
#include "media/frame/opencv_bridge.h"

namespace understudy::training {

using media::Border;
using media::Image;
using media::SampleType;

namespace {

cv::Mat disk(int radius) {
    cv::Mat kernel(2 * radius + 1, 2 * radius + 1, CV_8U, cv::Scalar(0));
    const double limit = (radius + 0.35) * (radius + 0.35);
    for (int y = -radius; y <= radius; ++y) {
        for (int x = -radius; x <= radius; ++x) {
            if (x * x + y * y <= limit) {
                kernel.at<uint8_t>(y + radius, x + radius) = 1;
            }
        }
    }
    return kernel;
}

cv::Mat eroded(const cv::Mat& image, int radius) {
    cv::Mat result;
    if (radius == 0) {
        image.copyTo(result);
    } else {
        cv::erode(image, result, disk(radius), {-1, -1}, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
    }
    return result;
}

}  // namespace

Image gaussian(const Image& image, double sigma, Border border) {
    US_CHECK(image.type() == SampleType::f32);
    if (sigma <= 0) {
        return image;
    }
    Image result(image.width(), image.height(), image.channels(), SampleType::f32);
    cv::Mat out = media::matView(result);
    const int size = 2 * static_cast<int>(std::ceil(3 * sigma)) + 1;
    cv::GaussianBlur(media::matView(image), out, {size, size}, sigma, sigma,
                     border == Border::zero ? cv::BORDER_CONSTANT : cv::BORDER_REPLICATE);
    US_CHECK(out.data == reinterpret_cast<uint8_t*>(result.data()));
    return result;
}

Image erodeDisk(const Image& image, double radius) {
    US_CHECK(image.channels() == 1 && radius >= 0);
    const int whole = static_cast<int>(std::floor(radius));
    const double rest = radius - whole;
    Image result(image.width(), image.height(), 1, SampleType::f32);
    cv::Mat out = media::matView(result);
    const cv::Mat inner = eroded(media::matView(image), whole);
    if (rest < 1e-6) {
        inner.copyTo(out);
    } else {
        cv::addWeighted(inner, 1 - rest, eroded(media::matView(image), whole + 1), rest, 0, out);
    }
    return result;
}

Image dilateDisk(const Image& image, int radius) {
    US_CHECK(image.channels() == 1 && radius >= 0);
    Image result(image.width(), image.height(), 1, SampleType::f32);
    cv::Mat out = media::matView(result);
    cv::dilate(media::matView(image), out, disk(radius));
    return result;
}

Eigen3 symmetricEigen(const std::array<double, 9>& matrix) {
    const cv::Mat in(3, 3, CV_64F, const_cast<double*>(matrix.data()));
    cv::Mat values;
    cv::Mat vectors;
    cv::eigen(in, values, vectors);
    Eigen3 result{};
    std::copy_n(values.ptr<double>(), 3, result.values.begin());
    std::copy_n(vectors.ptr<double>(), 9, result.vectors.begin());
    return result;
}

void useSingleThreadedPictures() {
    cv::setNumThreads(1);
}

}  // namespace understudy::training
