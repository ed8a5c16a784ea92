#include "media/face/analysis_image.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "media/base/wide.h"

namespace understudy::media {

namespace {

US_WIDE void meansOf(const uint8_t* __restrict in, int count, uint8_t* __restrict out) {
    for (int x = 0; x < count; ++x) {
        out[x] = static_cast<uint8_t>((in[3 * x] + in[3 * x + 1] + in[3 * x + 2] + 1) / 3);
    }
}

// The landmark model was trained on the plain mean of the three channels.
Image grayOf(const Frame& frame) {
    const Image& pixels = frame.pixels;
    Image gray(pixels.width(), pixels.height(), 1, SampleType::u8);
    const int channels = pixels.channels();
    if (pixels.type() == SampleType::u8) {
        for (int y = 0; y < pixels.height(); ++y) {
            const uint8_t* in = pixels.row<uint8_t>(y);
            uint8_t* out = gray.row<uint8_t>(y);
            if (channels == 1) {
                std::copy_n(in, pixels.width(), out);
                continue;
            }
            if (channels == 3) {
                meansOf(in, pixels.width(), out);
                continue;
            }
            for (int x = 0; x < pixels.width(); ++x, in += channels) {
                out[x] =
                    channels < 3 ? in[0] : static_cast<uint8_t>((in[0] + in[1] + in[2] + 1) / 3);
            }
        }
        return gray;
    }
    const Image values = toFloat(pixels);
    const float exponent = frame.encoding.sceneLinear() ? 1.0f / 2.4f : 1.0f;
    for (int y = 0; y < values.height(); ++y) {
        const float* in = values.row<float>(y);
        uint8_t* out = gray.row<uint8_t>(y);
        for (int x = 0; x < values.width(); ++x, in += channels) {
            const float mean = channels < 3 ? in[0] : (in[0] + in[1] + in[2]) / 3;
            // Written so that NaN becomes black.
            const float clipped = mean > 0 ? std::min(mean, 1.0f) : 0.0f;
            out[x] = static_cast<uint8_t>(std::lround(255 * std::pow(clipped, exponent)));
        }
    }
    return gray;
}

}  // namespace

AnalysisGeometry analysisGeometry(int frameWidth, int frameHeight, double pixelAspect) {
    const double shownWidth = frameWidth * pixelAspect;
    const double scale = std::min(1.0, kAnalysisSide / std::max(shownWidth, 1.0 * frameHeight));
    AnalysisGeometry result;
    result.width = std::max(1, static_cast<int>(std::lround(shownWidth * scale)));
    result.height = std::max(1, static_cast<int>(std::lround(frameHeight * scale)));
    result.analysisFromFrame.xx = static_cast<double>(result.width) / frameWidth;
    result.analysisFromFrame.yy = static_cast<double>(result.height) / frameHeight;
    return result;
}

AnalysisImage analysisImage(const Frame& frame) {
    const AnalysisGeometry geometry =
        analysisGeometry(frame.pixels.width(), frame.pixels.height(), frame.pixelAspect);
    AnalysisImage result{frame.number, grayOf(frame), geometry.analysisFromFrame};
    if (geometry.width != result.gray.width() || geometry.height != result.gray.height()) {
        Image resized(geometry.width, geometry.height, 1, SampleType::u8);
        const cv::Mat in(result.gray.height(), result.gray.width(), CV_8UC1, result.gray.data());
        cv::Mat out(geometry.height, geometry.width, CV_8UC1, resized.data());
        cv::resize(in, out, out.size(), 0, 0, cv::INTER_AREA);
        result.gray = std::move(resized);
    }
    return result;
}

}  // namespace understudy::media
