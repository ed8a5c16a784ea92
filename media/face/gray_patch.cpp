#include "media/face/gray_patch.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace understudy::media {

namespace {

cv::Mat asMat(const Image& image) {
    return {image.height(), image.width(), CV_8UC1,
            const_cast<std::byte*>(image.data())};  // only read from
}

}  // namespace

Image grayPatch(const Image& gray, const Affine& patchFromGray, int size) {
    const double scale = patchFromGray.scale();
    Affine fromGray = patchFromGray;
    cv::Mat in = asMat(gray);
    cv::Mat smaller;
    if (scale < 0.6) {
        // Halve by area until what is left to do is harmless for a bilinear kernel.
        const double factor = std::min(1.0, scale * 1.2);
        cv::resize(in, smaller,
                   cv::Size(std::max(1, static_cast<int>(std::lround(in.cols * factor))),
                            std::max(1, static_cast<int>(std::lround(in.rows * factor)))),
                   0, 0, cv::INTER_AREA);
        Affine grayFromSmaller;
        grayFromSmaller.xx = static_cast<double>(in.cols) / smaller.cols;
        grayFromSmaller.yy = static_cast<double>(in.rows) / smaller.rows;
        fromGray = patchFromGray * grayFromSmaller;
        in = smaller;
    }
    // OpenCV has its pixel centres at whole numbers.
    const Affine toGray = fromGray.inverse();
    const cv::Matx23d matrix(toGray.xx, toGray.xy, toGray({0.5, 0.5}).x - 0.5, toGray.yx, toGray.yy,
                             toGray({0.5, 0.5}).y - 0.5);
    Image patch(size, size, 1, SampleType::u8);
    cv::Mat out = asMat(patch);
    cv::warpAffine(in, out, matrix, out.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
    return patch;
}

Image enlarged(const Image& gray, int factor) {
    Image result(gray.width() * factor, gray.height() * factor, 1, SampleType::u8);
    cv::Mat out = asMat(result);
    cv::resize(asMat(gray), out, out.size(), 0, 0, cv::INTER_LINEAR);
    return result;
}

}  // namespace understudy::media
