#include "media/align/face_alignment.h"

#include <cmath>

#include "media/base/check.h"

namespace understudy::media {

namespace {

// The template face: landmarks 17 to 48 and 54, symmetric about this axis, brows at 0 to 1.
constexpr double kAxis = 0.490127;
constexpr int kTemplateCount = 33;

struct TemplatePoint {
    int landmark;
    int mirrored;  // the landmark on the other side
    Point place;
};

constexpr std::array<TemplatePoint, 18> kHalfTemplate = {{
    {17, 26, {0.000213256, 0.106454}},
    {18, 25, {0.0752622, 0.038915}},
    {19, 24, {0.18113, 0.0187482}},
    {20, 23, {0.29077, 0.0344891}},
    {21, 22, {0.393397, 0.0773906}},
    {27, 27, {kAxis, 0.203352}},
    {28, 28, {kAxis, 0.307009}},
    {29, 29, {kAxis, 0.409805}},
    {30, 30, {kAxis, 0.515625}},
    {31, 35, {0.36688, 0.587326}},
    {32, 34, {0.426036, 0.609345}},
    {33, 33, {kAxis, 0.628106}},
    {36, 45, {0.121737, 0.216423}},
    {37, 44, {0.187122, 0.178758}},
    {38, 43, {0.265825, 0.179852}},
    {39, 42, {0.334606, 0.231733}},
    {40, 47, {0.260918, 0.245099}},
    {41, 46, {0.182743, 0.244077}},
}};
constexpr TemplatePoint kMouthCorner = {48, 54, {0.254149, 0.780233}};

struct Correspondence {
    std::array<Point, kTemplateCount> measured;
    std::array<Point, kTemplateCount> place;
    size_t count = 0;

    void add(Point from, Point to) {
        measured[count] = from;
        place[count++] = to;
    }
    void add(const Landmarks& landmarks, const TemplatePoint& point) {
        add(landmarks[point.landmark], point.place);
        if (point.mirrored != point.landmark) {
            add(landmarks[point.mirrored], {2 * kAxis - point.place.x, point.place.y});
        }
    }
};

Affine templateFrom(const Landmarks& landmarks) {
    Correspondence pairs;
    for (const TemplatePoint& point : kHalfTemplate) {
        pairs.add(landmarks, point);
    }
    pairs.add(landmarks, kMouthCorner);
    US_CHECK(pairs.count == kTemplateCount);
    return similarityBetween(pairs.measured, pairs.place);
}

// Side of the trained area in template units: 1 + 2 sqrt(2) pad.
double extentOf(FaceType type) {
    constexpr double kDiagonal = 2.8284271247461903;
    switch (type) {
        case FaceType::halfFace:
            return 1;
        case FaceType::midfullFace:
            return 1 + kDiagonal * 0.0675;
        case FaceType::fullFace:
            return 1 + kDiagonal * 0.2109375;
        case FaceType::wholeFace:
            return 1 + kDiagonal * 0.40;
        case FaceType::head:
            return 1 + kDiagonal * 0.70;
    }
    US_CHECK(false);
    return 1;
}

// Centre of the trained area in template units. The head's follows the turn of the face, so that
// the back of the head stays inside.
Point centreOf(FaceType type, const Landmarks& inTemplate) {
    if (type == FaceType::wholeFace) {
        return {0.5, 0.43};
    }
    if (type != FaceType::head) {
        return {0.5, 0.5};
    }
    double turn = 0;
    for (int i = 0; i < 3; ++i) {
        const double nose = inTemplate[27 + i].x;
        turn += ((inTemplate[16 - i].x - nose) - (nose - inTemplate[i].x)) / 3;
    }
    return {0.5 + 0.5 * turn * std::abs(std::tanh(2 * turn)), 0};
}

constexpr std::array<std::string_view, 5> kNames = {"half_face", "midfull_face", "full_face",
                                                    "whole_face", "head"};

}  // namespace

std::string_view faceTypeName(FaceType type) {
    US_CHECK(static_cast<size_t>(type) < kNames.size());
    return kNames[static_cast<size_t>(type)];
}

std::optional<FaceType> faceTypeFromName(std::string_view name) {
    for (size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name) {
            return static_cast<FaceType>(i);
        }
    }
    return std::nullopt;
}

Affine alignedFromFrame(const Landmarks& landmarks, FaceType type, int size, double margin,
                        double pixelAspect) {
    US_CHECK(size > 0 && margin >= 0 && pixelAspect > 0);
    Affine squareFromFrame;
    squareFromFrame.xx = pixelAspect;
    const Landmarks square = transformed(landmarks, squareFromFrame);
    const Affine templateFromSquare = templateFrom(square);
    const Point centre = centreOf(type, transformed(square, templateFromSquare));
    const double pixels = size / (extentOf(type) * (1 + 2 * margin));
    Affine cropFromTemplate;
    cropFromTemplate.xx = cropFromTemplate.yy = pixels;
    cropFromTemplate.x0 = size / 2.0 - pixels * centre.x;
    cropFromTemplate.y0 = size / 2.0 - pixels * centre.y;
    return cropFromTemplate * templateFromSquare * squareFromFrame;
}

}  // namespace understudy::media
