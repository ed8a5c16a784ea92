#include "training/swap/face_geometry.h"

#include <algorithm>
#include <cmath>

#include "media/frame/image_ops.h"

namespace understudy::training {

using media::Affine;
using media::Border;
using media::Image;
using media::Point;
using media::SampleType;

namespace {

Affine movedBy(double x, double y) {
    Affine move;
    move.x0 = x;
    move.y0 = y;
    return move;
}

}  // namespace

FaceGeometry placeFace(const media::Landmarks& landmarks, media::FaceType type, int size,
                       double pixelAspect) {
    FaceGeometry face;
    face.type = type;
    face.size = size;
    face.cropFromPlate = media::alignedFromFrame(landmarks, type, size, 0, pixelAspect);
    face.landmarks = media::transformed(landmarks, face.cropFromPlate);
    // A half face's crop is exactly as wide as the face.
    const Affine half =
        media::alignedFromFrame(landmarks, media::FaceType::halfFace, size, 0, pixelAspect);
    face.width = size * face.cropFromPlate.scale() / half.scale();
    return face;
}

std::optional<Box> coveredBox(const FaceGeometry& face, int width, int height, double margin) {
    const Affine plateFromCrop = face.cropFromPlate.inverse();
    const double s = face.size;
    double left = 1e18, top = 1e18, right = -1e18, bottom = -1e18;
    for (const Point corner : {Point{0, 0}, Point{s, 0}, Point{0, s}, Point{s, s}}) {
        const Point p = plateFromCrop(corner);
        left = std::min(left, p.x);
        right = std::max(right, p.x);
        top = std::min(top, p.y);
        bottom = std::max(bottom, p.y);
    }
    const auto clampTo = [](double v, int most) {
        return static_cast<int>(std::clamp(v, 0.0, static_cast<double>(most)));
    };
    Box box;
    box.x = clampTo(std::floor(left - margin), width);
    box.y = clampTo(std::floor(top - margin), height);
    box.width = clampTo(std::ceil(right + margin), width) - box.x;
    box.height = clampTo(std::ceil(bottom + margin), height) - box.y;
    if (box.width <= 0 || box.height <= 0) {
        return std::nullopt;
    }
    return box;
}

Image floatPart(const Image& image, const Box& box) {
    return media::toFloat(media::crop(image, box.x, box.y, box.width, box.height));
}

std::optional<Image> cropFace(const Image& plate, const FaceGeometry& face) {
    // The kernel of the resampler reaches two pixels of the coarser grid.
    const double margin = 4 * std::max(1.0, 1 / face.cropFromPlate.scale());
    const auto box = coveredBox(face, plate.width(), plate.height(), margin);
    const auto inside = coveredBox(face, plate.width(), plate.height(), 0);
    if (!box || !inside) {
        return std::nullopt;
    }
    const Image part = media::convertChannels(floatPart(plate, *box), 3);
    return media::resample(part, face.cropFromPlate * movedBy(box->x, box->y), face.size, face.size,
                           Border::replicate);
}

Image resized(const Image& image, int size, Border border) {
    if (image.width() == size && image.height() == size) {
        return image;
    }
    Affine scale;
    scale.xx = static_cast<double>(size) / image.width();
    scale.yy = static_cast<double>(size) / image.height();
    return media::resample(image, scale, size, size, border);
}

}  // namespace understudy::training
