#include "media/face/scene_cut.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace understudy::media {

namespace {

cv::Mat thumbnail(const Image& image) {
    const cv::Mat whole(image.height(), image.width(), CV_8UC1,
                        const_cast<std::byte*>(image.data()));  // only read from
    cv::Mat small;
    cv::resize(whole, small, {32, 24}, 0, 0, cv::INTER_AREA);
    small.convertTo(small, CV_32F);
    return small - cv::mean(small);
}

}  // namespace

double sceneAlikeness(const Image& before, const Image& now) {
    const cv::Mat a = thumbnail(before);
    const cv::Mat b = thumbnail(now);
    const double lengths = cv::norm(a) * cv::norm(b);
    return lengths > 0 ? a.dot(b) / lengths : 1;
}

}  // namespace understudy::media
