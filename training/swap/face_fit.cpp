#include "training/swap/face_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "media/frame/opencv_bridge.h"
#include "training/swap/image_ops.h"

namespace understudy::training {

using media::Affine;
using media::Border;
using media::Image;
using media::Point;

namespace {

constexpr int kWorkingSize = 256;    // of the crop, in which shifts are looked for
constexpr double kMostScale = 1.15;  // or its inverse
constexpr double kClear = 0.25;      // least mean correlation that is believed
// How much of the logarithm of that scale is taken: eyes are set as differently in people's faces
// as whole faces differ in size, so that all of it misses the true size as often as none.
constexpr double kScaleTrust = 0.5;
// In widths of the face: farthest shift of an eye, the half of the window that is compared, and
// what is blurred away, since a young network is soft.
constexpr double kReach = 0.125, kAcross = 0.15, kDown = 0.085, kSoft = 0.02;

cv::Mat lumaOf(const Image& image, double soft) {
    const Image smooth =
        gaussian(resized(image, kWorkingSize, Border::replicate), soft, Border::replicate);
    cv::Mat luma;
    cv::cvtColor(media::matView(smooth), luma, cv::COLOR_RGB2GRAY);
    return luma;
}

// Centres of the two eyes in working pixels.
std::array<Point, 2> eyesOf(const FaceGeometry& geometry) {
    std::array<Point, 2> eyes;
    const double scale = static_cast<double>(kWorkingSize) / geometry.size;
    for (size_t eye = 0; eye < 2; ++eye) {
        for (size_t i = 0; i < 6; ++i) {
            eyes[eye] = eyes[eye] + scale / 6 * geometry.landmarks[36 + 6 * eye + i];
        }
    }
    return eyes;
}

// How alike the swap's picture is to the plate's window around an eye, for each shift; sums
// over frames.
class EyeSearch {
  public:
    explicit EyeSearch(double faceWidth)
        : reach_(static_cast<int>(std::lround(kReach * faceWidth))),
          across_(static_cast<int>(std::lround(kAcross * faceWidth))),
          down_(static_cast<int>(std::lround(kDown * faceWidth))),
          sum_(2 * reach_ + 1, 2 * reach_ + 1, CV_64F, cv::Scalar(0)),
          weights_(2 * down_ + 1, 2 * across_ + 1, CV_32F) {
        for (int y = -down_; y <= down_; ++y) {
            for (int x = -across_; x <= across_; ++x) {
                const double u = 1.5 * x / across_, v = 1.5 * y / down_;
                weights_.at<float>(y + down_, x + across_) =
                    static_cast<float>(std::exp(-(u * u + v * v) / 2));
            }
        }
    }

    void add(const cv::Mat& plate, const cv::Mat& swap, Point eye) {
        const int x = static_cast<int>(eye.x), y = static_cast<int>(eye.y);
        const cv::Rect window(x - across_, y - down_, 2 * across_ + 1, 2 * down_ + 1);
        const cv::Rect around(window.x - reach_, window.y - reach_, window.width + 2 * reach_,
                              window.height + 2 * reach_);
        if ((around & cv::Rect(0, 0, swap.cols, swap.rows)) != around) {
            return;
        }
        cv::Mat alike;
        cv::matchTemplate(swap(around), plate(window), alike, cv::TM_CCOEFF_NORMED, weights_);
        cv::patchNaNs(alike, 0);
        sum_ += cv::Mat_<double>(alike);
        ++count_;
    }

    // From the plate's eye to the swap's, in working pixels.
    std::optional<Point> shift() const {
        if (count_ < static_cast<int>(kFewestSamples)) {
            return std::nullopt;
        }
        double most = 0;
        cv::Point at;
        cv::minMaxLoc(sum_, nullptr, &most, nullptr, &at);
        // At the border of what was looked at is no summit.
        if (most < kClear * count_ || at.x == 0 || at.y == 0 || at.x == sum_.cols - 1 ||
            at.y == sum_.rows - 1) {
            return std::nullopt;
        }
        const auto summit = [&](double before, double after) {
            const double bend = before - 2 * most + after;
            return bend < 0 ? 0.5 * (before - after) / bend : 0.0;
        };
        const double dx = summit(sum_.at<double>(at.y, at.x - 1), sum_.at<double>(at.y, at.x + 1));
        const double dy = summit(sum_.at<double>(at.y - 1, at.x), sum_.at<double>(at.y + 1, at.x));
        return Point{at.x - reach_ + dx, at.y - reach_ + dy};
    }

  private:
    int reach_, across_, down_;
    cv::Mat sum_, weights_;
    int count_ = 0;
};

}  // namespace

Affine learnEyeFit(const std::vector<FaceSample>& samples) {
    if (samples.size() < kFewestSamples) {
        return {};
    }
    const FaceGeometry& any = samples.front().geometry;
    const double toCrop = static_cast<double>(any.size) / kWorkingSize;
    const double width = any.width / toCrop;
    std::array<EyeSearch, 2> search = {EyeSearch(width), EyeSearch(width)};
    std::array<Point, 2> usual;
    for (const FaceSample& sample : samples) {
        const cv::Mat plate = lumaOf(sample.crop, kSoft * width);
        const cv::Mat swap = lumaOf(sample.swap, kSoft * width);
        const auto eyes = eyesOf(sample.geometry);
        for (size_t eye = 0; eye < 2; ++eye) {
            search[eye].add(plate, swap, eyes[eye]);
            usual[eye] = usual[eye] + 1.0 / static_cast<double>(samples.size()) * eyes[eye];
        }
    }
    const auto left = search[0].shift(), right = search[1].shift();
    const double apart = usual[1].x - usual[0].x;
    if (!left || !right || apart <= 0) {
        return {};
    }
    const double asked =
        std::clamp(apart / (apart + right->x - left->x), 1 / kMostScale, kMostScale);
    const double scale = std::pow(asked, kScaleTrust);
    const Point here = 0.5 * toCrop * (usual[0] + usual[1]);
    const Point there = here + 0.5 * toCrop * (*left + *right);
    return {scale, 0, here.x - scale * there.x, 0, scale, here.y - scale * there.y};
}

Affine scaledAboutEyes(const FaceGeometry& face, double scale) {
    Point middle;
    for (size_t i = 36; i < 48; ++i) {
        middle = middle + 1.0 / 12 * face.landmarks[i];
    }
    return {scale, 0, (1 - scale) * middle.x, 0, scale, (1 - scale) * middle.y};
}

}  // namespace understudy::training
