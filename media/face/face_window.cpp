#include "media/face/face_window.h"

#include <cmath>
#include <opencv2/video/tracking.hpp>

#include "media/face/gray_patch.h"

namespace understudy::media {

namespace {

constexpr int kFirstInner = 17;  // brows, nose, eyes, mouth

Point middleOf(const Landmarks& face) {
    Point middle{};
    for (int i = kFirstInner; i < kLandmarkCount; ++i) {
        middle = middle + (1.0 / (kLandmarkCount - kFirstInner)) * face[i];
    }
    return middle;
}

}  // namespace

struct FaceWindow::Pyramid {
    static constexpr int kLevels = 3;
    static constexpr int kLook = 17;  // side of what flow compares about a point, pixels

    explicit Pyramid(const Image& pixels) {
        const cv::Mat picture(pixels.height(), pixels.width(), CV_8UC1,
                              const_cast<std::byte*>(pixels.data()));  // only read from
        cv::buildOpticalFlowPyramid(picture, levels, {kLook, kLook}, kLevels);
    }

    std::vector<cv::Mat> levels;  // with derivatives, so that flow may start from either picture
};

FaceWindow::FaceWindow(const Image& gray, const Affine& windowFromGray)
    : windowFromGray_(windowFromGray),
      pixels_(grayPatch(gray, windowFromGray, kSide)),
      pyramid_(std::make_shared<const Pyramid>(pixels_)) {}

std::optional<Affine> FaceWindow::about(const Landmarks& face) {
    const double eyes = interOcularDistance(face);
    if (!(eyes > 2)) {
        return std::nullopt;
    }
    const Point middle = middleOf(face);
    const double scale = kEyes / eyes;
    return Affine{scale, 0,     kSide / 2.0 - scale * middle.x,
                  0,     scale, kSide / 2.0 - scale * middle.y};
}

bool FaceWindow::suits(const Landmarks& face) const {
    const double size = windowFromGray_.scale() * interOcularDistance(face) / kEyes;
    const Point middle = windowFromGray_(middleOf(face));
    return size > 0.85 && size < 1.15 && distance(middle, {kSide / 2.0, kSide / 2.0}) < 0.3 * kEyes;
}

FaceWindow::Tracks FaceWindow::follow(const FaceWindow& there,
                                      std::span<const Point> points) const {
    constexpr int kLevels = Pyramid::kLevels;
    const cv::Size look(Pyramid::kLook, Pyramid::kLook);
    std::vector<cv::Point2f> from;
    for (const Point p : points) {  // OpenCV has its pixel centres at whole numbers
        from.emplace_back(static_cast<float>(p.x - 0.5), static_cast<float>(p.y - 0.5));
    }
    std::vector<cv::Point2f> to;
    std::vector<cv::Point2f> back;
    std::vector<uchar> went;
    std::vector<uchar> returned;
    std::vector<float> residual;
    const std::vector<cv::Mat>& a = pyramid_->levels;
    const std::vector<cv::Mat>& b = there.pyramid_->levels;
    cv::calcOpticalFlowPyrLK(a, b, from, to, went, residual, look, kLevels);
    cv::calcOpticalFlowPyrLK(b, a, to, back, returned, residual, look, kLevels);
    Tracks tracks;
    for (size_t i = 0; i < from.size(); ++i) {
        const cv::Point2f d = back[i] - from[i];
        tracks.from.push_back({from[i].x + 0.5, from[i].y + 0.5});
        tracks.to.push_back({to[i].x + 0.5, to[i].y + 0.5});
        tracks.roundTrip.push_back(went[i] && returned[i] ? std::hypot(d.x, d.y) : 1e3f);
    }
    return tracks;
}

}  // namespace understudy::media
