#include "media/face/face_look.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "media/align/face_alignment.h"
#include "media/base/median.h"
#include "media/face/gray_patch.h"

namespace understudy::media {

namespace {

constexpr int kPatch = 128;  // four times FaceLook::kSide
constexpr int kHashSide = 8;
// Brows to lower lip, ear to ear: the unit square of the template, without what is behind the head.
const cv::Rect kInner(26, 26, 76, 76);

// Amplitude of detail finer than a pixel and a half, less that of noise, against coarser detail.
// Edges are few and noise is everywhere, so the median of the fine detail is the noise's.
double sharpnessOf(const cv::Mat& patch) {
    cv::Mat values;
    patch.convertTo(values, CV_32F);
    cv::Mat soft;
    cv::Mat softer;
    cv::GaussianBlur(values, soft, {}, 1.0);
    cv::GaussianBlur(values, softer, {}, 3.0);
    double fine = 0;
    double coarse = 0;
    std::vector<float> magnitudes;
    for (int y = kInner.y; y < kInner.br().y; ++y) {
        for (int x = kInner.x; x < kInner.br().x; ++x) {
            const float f = values.at<float>(y, x) - soft.at<float>(y, x);
            const float c = soft.at<float>(y, x) - softer.at<float>(y, x);
            fine += static_cast<double>(f) * f;
            coarse += static_cast<double>(c) * c;
            magnitudes.push_back(std::abs(f));
        }
    }
    const double count = kInner.area();
    const double noise = 1.4826 * medianOf(std::move(magnitudes));
    const double detail = fine / count - noise * noise;
    // A flat picture has nothing to be sharp.
    return coarse / count > 0.25 ? std::sqrt(std::max(0.0, detail) / (coarse / count)) : 0;
}

}  // namespace

FaceLook lookOf(const Image& gray, const Landmarks& landmarks) {
    const Image patch =
        grayPatch(gray, alignedFromFrame(landmarks, FaceType::fullFace, kPatch), kPatch);
    const cv::Mat picture(kPatch, kPatch, CV_8UC1, const_cast<std::byte*>(patch.data()));
    FaceLook look;
    look.sharpness = static_cast<float>(sharpnessOf(picture));
    look.brightness = static_cast<float>(cv::mean(picture(kInner))[0] / 255);
    cv::Mat small(FaceLook::kSide, FaceLook::kSide, CV_8UC1, look.pixels.data());
    cv::resize(picture, small, small.size(), 0, 0, cv::INTER_AREA);
    return look;
}

uint64_t perceptualHash(const FaceLook& look) {
    const cv::Mat pixels(FaceLook::kSide, FaceLook::kSide, CV_8UC1,
                         const_cast<uint8_t*>(look.pixels.data()));
    cv::Mat values;
    pixels.convertTo(values, CV_32F);
    cv::Mat waves;
    cv::dct(values, waves);
    std::vector<float> low;
    for (int y = 0; y < kHashSide; ++y) {
        for (int x = 0; x < kHashSide; ++x) {
            low.push_back(waves.at<float>(y, x));
        }
    }
    // The first is the brightness.
    const float middle = medianOf(std::vector<float>(low.begin() + 1, low.end()));
    uint64_t hash = 0;
    for (size_t i = 0; i < low.size(); ++i) {
        hash |= static_cast<uint64_t>(i > 0 && low[i] > middle) << i;
    }
    return hash;
}

}  // namespace understudy::media
