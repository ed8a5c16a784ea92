#include "tests/training/swap/made_face.h"

#include <algorithm>
#include <cmath>

namespace understudy::tests {

using media::Image;
using media::Landmarks;
using media::Point;
using media::SampleType;

namespace {

// In units of the distance of the outer brows, the middle of the eyes at 0.
Landmarks unitLandmarks() {
    Landmarks face{};
    for (int i = 0; i <= 16; ++i) {  // jaw: half an ellipse
        const double angle = M_PI * (1 - i / 16.0);
        face[i] = {0.56 * std::cos(angle), 0.05 + 0.85 * std::sin(angle)};
    }
    for (int i = 0; i < 5; ++i) {  // brows
        const double x = -0.5 + 0.1 * i;
        face[17 + i] = {x, -0.14 - 0.06 * std::sin(M_PI * i / 4.0)};
        face[26 - i] = {-x, face[17 + i].y};
    }
    for (int i = 0; i < 4; ++i) {  // bridge of the nose
        face[27 + i] = {0, -0.02 + 0.105 * i};
    }
    for (int i = 0; i < 5; ++i) {
        face[31 + i] = {-0.124 + 0.062 * i, 0.37 + 0.02 * std::sin(M_PI * i / 4.0)};
    }
    const Point eye[6] = {{-0.12, 0},  {-0.05, -0.04}, {0.03, -0.04},
                          {0.1, 0.01}, {0.03, 0.03},   {-0.05, 0.03}};
    const int mirrored[6] = {45, 44, 43, 42, 47, 46};
    for (int i = 0; i < 6; ++i) {
        face[36 + i] = Point{-0.25, 0} + eye[i];
        face[mirrored[i]] = {-face[36 + i].x, face[36 + i].y};
    }
    for (int i = 0; i < 12; ++i) {  // outer lip
        const double angle = M_PI + 2 * M_PI * i / 12;
        face[48 + i] = {0.236 * std::cos(angle), 0.56 + 0.09 * std::sin(angle)};
    }
    for (int i = 0; i < 8; ++i) {
        const double angle = M_PI + 2 * M_PI * i / 8;
        face[60 + i] = {0.18 * std::cos(angle), 0.56 + 0.03 * std::sin(angle)};
    }
    return face;
}

double bump(Point p, Point middle, double radius) {
    const double d = media::distance(p, middle) / radius;
    return std::exp(-0.5 * d * d);
}

}  // namespace

Landmarks madeLandmarks(Point middle, double width, double radians) {
    media::Affine place;
    place.xx = place.yy = width * std::cos(radians);
    place.xy = -width * std::sin(radians);
    place.yx = -place.xy;
    place.x0 = middle.x;
    place.y0 = middle.y;
    return media::transformed(unitLandmarks(), place);
}

media::Frame madePlate(int width, int height, const Landmarks& face, SampleType type) {
    Image image(width, height, 3, SampleType::f32);
    const Point eyes = 0.5 * (face[36] + face[45]);
    const double unit = media::distance(face[17], face[26]);
    const Point mouth = 0.5 * (face[48] + face[54]);
    for (int y = 0; y < height; ++y) {
        float* row = image.row<float>(y);
        for (int x = 0; x < width; ++x) {
            const Point p{x + 0.5, y + 0.5};
            const double texture = 0.015 * std::sin(0.6 * x + 0.3 * y) * std::cos(0.5 * y);
            const double skin = bump(p, 0.5 * (eyes + mouth), 0.75 * unit);
            const double dark = bump(p, 0.5 * (face[36] + face[39]), 0.09 * unit) +
                                bump(p, 0.5 * (face[42] + face[45]), 0.09 * unit) +
                                0.7 * bump(p, mouth, 0.1 * unit);
            const double light = 0.25 + 0.1 * x / width + 0.3 * skin - 0.25 * dark + texture;
            row[3 * x] = static_cast<float>(light + 0.12 * skin);
            row[3 * x + 1] = static_cast<float>(light + 0.03 * skin);
            row[3 * x + 2] = static_cast<float>(light);
        }
    }
    media::Frame frame;
    frame.number = 1;
    frame.pixels = type == SampleType::f32 ? std::move(image) : media::fromFloat(image, type);
    return frame;
}

Image constantImage(int size, float value) {
    Image image(size, size, 1, SampleType::f32);
    for (int y = 0; y < size; ++y) {
        std::fill_n(image.row<float>(y), size, value);
    }
    return image;
}

training::NetworkFace perfectNetwork(const Image& crop) {
    training::NetworkFace face;
    face.swap = crop;
    face.destination = crop;
    face.swapMask = constantImage(crop.width(), 1);
    return face;
}

}  // namespace understudy::tests
