#include "media/align/landmark_keys.h"

#include <cmath>

namespace understudy::media {

namespace {

Point mean(const Landmarks& landmarks) {
    Point sum;
    for (const Point& point : landmarks) {
        sum = sum + point;
    }
    return (1.0 / kLandmarkCount) * sum;
}

bool hasExtent(const Landmarks& landmarks) {
    for (const Point& point : landmarks) {
        if (distance(point, landmarks[0]) > 0) {
            return true;
        }
    }
    return false;
}

// Turn and size about `from`, which becomes `to`.
Affine turnedAbout(Point from, Point to, double angle, double scale) {
    Affine affine;
    affine.xx = affine.yy = scale * std::cos(angle);
    affine.yx = scale * std::sin(angle);
    affine.xy = -affine.yx;
    affine.x0 = to.x - affine.xx * from.x - affine.xy * from.y;
    affine.y0 = to.y - affine.yx * from.x - affine.yy * from.y;
    return affine;
}

Landmarks straight(const Landmarks& a, const Landmarks& b, double t) {
    Landmarks result;
    for (size_t i = 0; i < result.size(); ++i) {
        result[i] = (1 - t) * a[i] + t * b[i];
    }
    return result;
}

}  // namespace

Landmarks between(const Landmarks& a, const Landmarks& b, double t) {
    if (!hasExtent(a) || !hasExtent(b)) {
        return straight(a, b, t);
    }
    const Affine bFromA = similarityBetween(a, b);
    const double angle = std::atan2(bFromA.yx, bFromA.xx);
    const double scale = bFromA.scale();
    if (!(scale > 0)) {
        return straight(a, b, t);
    }
    const Point from = mean(a);
    const Point to = (1 - t) * from + t * bFromA(from);
    const Affine hereFromA = turnedAbout(from, to, t * angle, std::pow(scale, t));
    const Affine hereFromB = hereFromA * bFromA.inverse();
    return straight(transformed(a, hereFromA), transformed(b, hereFromB), t);
}

Landmarks betweenFollowing(const KeyOverFound& a, const KeyOverFound& b, const Landmarks& found,
                           double t) {
    if (!hasExtent(a.found) || !hasExtent(b.found) || !hasExtent(found)) {
        return between(a.key, b.key, t);
    }
    return straight(transformed(a.key, similarityBetween(a.found, found)),
                    transformed(b.key, similarityBetween(b.found, found)), t);
}

}  // namespace understudy::media
