#include "media/align/transform.h"

#include <cmath>
#include <complex>

#include "media/base/check.h"

namespace understudy::media {

double distance(Point a, Point b) {
    return std::hypot(a.x - b.x, a.y - b.y);
}

double Affine::scale() const {
    return std::sqrt(std::abs(xx * yy - xy * yx));
}

Affine Affine::inverse() const {
    const double determinant = xx * yy - xy * yx;
    US_CHECK(determinant != 0);
    Affine result;
    result.xx = yy / determinant;
    result.xy = -xy / determinant;
    result.yx = -yx / determinant;
    result.yy = xx / determinant;
    result.x0 = -(result.xx * x0 + result.xy * y0);
    result.y0 = -(result.yx * x0 + result.yy * y0);
    return result;
}

Affine operator*(const Affine& a, const Affine& b) {
    Affine result;
    result.xx = a.xx * b.xx + a.xy * b.yx;
    result.xy = a.xx * b.xy + a.xy * b.yy;
    result.x0 = a.xx * b.x0 + a.xy * b.y0 + a.x0;
    result.yx = a.yx * b.xx + a.yy * b.yx;
    result.yy = a.yx * b.xy + a.yy * b.yy;
    result.y0 = a.yx * b.x0 + a.yy * b.y0 + a.y0;
    return result;
}

Affine similarityBetween(std::span<const Point> from, std::span<const Point> to) {
    US_CHECK(from.size() == to.size() && from.size() >= 2);
    using Complex = std::complex<double>;
    const double count = static_cast<double>(from.size());
    Complex fromMean = 0;
    Complex toMean = 0;
    for (size_t i = 0; i < from.size(); ++i) {
        fromMean += Complex(from[i].x, from[i].y) / count;
        toMean += Complex(to[i].x, to[i].y) / count;
    }
    Complex numerator = 0;
    double denominator = 0;
    for (size_t i = 0; i < from.size(); ++i) {
        const Complex p = Complex(from[i].x, from[i].y) - fromMean;
        const Complex q = Complex(to[i].x, to[i].y) - toMean;
        numerator += std::conj(p) * q;
        denominator += std::norm(p);
    }
    US_CHECK(denominator > 0);
    const Complex a = numerator / denominator;
    const Complex b = toMean - a * fromMean;
    return {a.real(), -a.imag(), b.real(), a.imag(), a.real(), b.imag()};
}

}  // namespace understudy::media
