// A plausible face for geometry tests: 68 points that differ a little from the template, placed by
// a similarity.
#pragma once

#include <cmath>

#include "media/align/landmarks.h"
#include "media/base/philox.h"

namespace understudy::tests {

// Upright, about 200 px between the ends of the brows, centred near (320, 240).
inline media::Landmarks sampleFace(uint64_t seed = 1, double noise = 2) {
    using media::Point;
    media::Landmarks face{};
    const auto put = [&face](int i, double x, double y) { face[i] = Point{x, y}; };
    for (int i = 0; i < 17; ++i) {  // jaw, ear to ear
        const double angle = 3.14159265358979 * i / 16;
        put(i, 0.49 - 0.58 * std::cos(angle), 0.22 + 0.92 * std::sin(angle));
    }
    const double brows[5][2] = {
        {0.0, 0.11}, {0.08, 0.04}, {0.18, 0.02}, {0.29, 0.03}, {0.39, 0.08}};
    for (int i = 0; i < 5; ++i) {
        put(17 + i, brows[i][0], brows[i][1]);
        put(26 - i, 0.98 - brows[i][0], brows[i][1]);
    }
    for (int i = 0; i < 4; ++i) {
        put(27 + i, 0.49, 0.2 + 0.105 * i);
    }
    for (int i = 0; i < 5; ++i) {
        put(31 + i, 0.37 + 0.06 * i, 0.59 + (i == 2 ? 0.04 : i % 2 ? 0.02 : 0.0));
    }
    const double eye[6][2] = {{0.12, 0.22}, {0.19, 0.18}, {0.27, 0.18},
                              {0.33, 0.23}, {0.26, 0.25}, {0.18, 0.24}};
    const int mirrored[6] = {45, 44, 43, 42, 47, 46};
    for (int i = 0; i < 6; ++i) {
        put(36 + i, eye[i][0], eye[i][1]);
        put(mirrored[i], 0.98 - eye[i][0], eye[i][1]);
    }
    for (int i = 0; i < 12; ++i) {
        const double angle = 3.14159265358979 * (1 + i / 6.0);
        put(48 + i, 0.49 + 0.235 * std::cos(angle), 0.78 + 0.09 * std::sin(angle));
    }
    for (int i = 0; i < 8; ++i) {
        const double angle = 3.14159265358979 * (1 + i / 4.0);
        put(60 + i, 0.49 + 0.18 * std::cos(angle), 0.78 + 0.03 * std::sin(angle));
    }
    RandomSequence random({.seed = seed});
    for (Point& point : face) {
        point = {222 + 200 * point.x + noise * random.normal(),
                 140 + 200 * point.y + noise * random.normal()};
    }
    return face;
}

// Turned by `degrees` and scaled about (320, 240), then moved.
inline media::Landmarks placed(const media::Landmarks& face, double degrees, double scale,
                               media::Point move = {}) {
    const double c = scale * std::cos(degrees * 0.017453292519943295);
    const double s = scale * std::sin(degrees * 0.017453292519943295);
    return media::transformed(
        face, {c, -s, 320 - c * 320 + s * 240 + move.x, s, c, 240 - s * 320 - c * 240 + move.y});
}

}  // namespace understudy::tests
