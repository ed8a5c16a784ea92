#include "media/face/face_window.h"

#include <cmath>
#include <opencv2/video/tracking.hpp>

#include "media/face/face_pyramid.h"
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

std::shared_ptr<const FaceWindow::Pyramid> pyramidOf(const Image& pixels) {
    const cv::Mat picture(pixels.height(), pixels.width(), CV_8UC1,
                          const_cast<std::byte*>(pixels.data()));  // only read from
    auto pyramid = std::make_shared<FaceWindow::Pyramid>();
    const cv::Size look(FaceWindow::Pyramid::kLook, FaceWindow::Pyramid::kLook);
    cv::buildOpticalFlowPyramid(picture, pyramid->levels, look, FaceWindow::Pyramid::kLevels);
    return pyramid;
}

}  // namespace

FaceWindow::FaceWindow(const Image& gray, const Affine& windowFromGray)
    : windowFromGray_(windowFromGray),
      pixels_(grayPatch(gray, windowFromGray, kSide)),
      pyramid_(pyramidOf(pixels_)) {}

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

}  // namespace understudy::media
