// Points and affine transforms in pixel coordinates whose centres lie at +0.5 everywhere: the
// centre of the top left pixel is (0.5, 0.5). Transforms read `targetFromSource`.
#pragma once

#include <array>
#include <span>

namespace understudy::media {

struct Point {
    double x = 0;
    double y = 0;
    bool operator==(const Point&) const = default;
};

inline Point operator+(Point a, Point b) {
    return {a.x + b.x, a.y + b.y};
}
inline Point operator-(Point a, Point b) {
    return {a.x - b.x, a.y - b.y};
}
inline Point operator*(double s, Point p) {
    return {s * p.x, s * p.y};
}
double distance(Point a, Point b);

// x' = xx x + xy y + x0, y' = yx x + yy y + y0.
struct Affine {
    double xx = 1, xy = 0, x0 = 0;
    double yx = 0, yy = 1, y0 = 0;

    Point operator()(Point p) const { return {xx * p.x + xy * p.y + x0, yx * p.x + yy * p.y + y0}; }
    double scale() const;    // sqrt |det|: target pixels per source pixel
    Affine inverse() const;  // the matrix must not be singular
    bool operator==(const Affine&) const = default;
};

// (a * b)(p) = a(b(p)).
Affine operator*(const Affine& a, const Affine& b);

// The least-squares similarity without reflection that takes `from` to `to` (Umeyama 1991, in
// closed form over complex numbers). Same length, at least two distinct points.
Affine similarityBetween(std::span<const Point> from, std::span<const Point> to);

}  // namespace understudy::media
