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

std::map<int64_t, LandmarkCorrection> betweenKeys(
    const std::map<int64_t, LandmarkCorrection>& corrections,
    const std::map<int64_t, Landmarks>& found, int64_t first, int64_t last, bool following) {
    const auto foundAt = [&found](int64_t frame) {
        const auto there = found.find(frame);
        return there != found.end() ? there->second : Landmarks{};
    };
    std::map<int64_t, LandmarkCorrection> made;
    const LandmarkCorrection* before = nullptr;
    int64_t beforeFrame = 0;
    for (auto it = corrections.lower_bound(first); it != corrections.end() && it->first <= last;
         ++it) {
        if (!it->second.key) {
            continue;
        }
        if (before != nullptr) {
            const double frames = static_cast<double>(it->first - beforeFrame);
            for (auto at = found.upper_bound(beforeFrame);
                 at != found.end() && at->first < it->first; ++at) {
                const double t = static_cast<double>(at->first - beforeFrame) / frames;
                const Landmarks& a = before->landmarks;
                const Landmarks& b = it->second.landmarks;
                made[at->first] = {following
                                       ? betweenFollowing({foundAt(beforeFrame), a},
                                                          {foundAt(it->first), b}, at->second, t)
                                       : between(a, b, t),
                                   false};
            }
        }
        before = &it->second;
        beforeFrame = it->first;
    }
    return made;
}

}  // namespace understudy::media
