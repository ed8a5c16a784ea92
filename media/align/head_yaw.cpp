#include "media/align/head_yaw.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/align/mean_head.h"

namespace understudy::media {

namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

double dot(const Vector& a, const Vector& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector cross(const Vector& a, const Vector& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Vector times(const Matrix& m, const Vector& v) {
    return {dot(m[0], v), dot(m[1], v), dot(m[2], v)};
}

// Of a symmetric matrix that is not singular.
Matrix inverse(const Matrix& m) {
    Matrix rows = {cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])};
    const double determinant = dot(m[0], rows[0]);
    for (Vector& row : rows) {
        for (double& value : row) {
            value /= determinant;
        }
    }
    return rows;
}

// The mean head about its own centre, and the inverse of the sum of its points' squares.
struct Model {
    std::array<Vector, kMeanHead.size()> points{};
    Matrix fromSums{};
};

Model makeModel() {
    Model model;
    Vector centre{};
    const double each = 1.0 / static_cast<double>(kMeanHead.size());
    for (const HeadPoint& point : kMeanHead) {
        centre = {centre[0] + each * point.x, centre[1] + each * point.y,
                  centre[2] + each * point.z};
    }
    Matrix squares{};
    for (size_t i = 0; i < kMeanHead.size(); ++i) {
        const HeadPoint& from = kMeanHead[i];
        model.points[i] = {from.x - centre[0], from.y - centre[1], from.z - centre[2]};
        for (size_t a = 0; a < 3; ++a) {
            for (size_t b = 0; b < 3; ++b) {
                squares[a][b] += model.points[i][a] * model.points[i][b];
            }
        }
    }
    model.fromSums = inverse(squares);
    return model;
}

}  // namespace

double headYaw(const Landmarks& landmarks) {
    static const Model model = makeModel();
    Point centre{};
    for (const HeadPoint& point : kMeanHead) {
        centre = centre + (1.0 / static_cast<double>(kMeanHead.size())) *
                              landmarks[static_cast<size_t>(point.landmark)];
    }
    Vector sumX{}, sumY{};
    for (size_t i = 0; i < kMeanHead.size(); ++i) {
        const Point seen = landmarks[static_cast<size_t>(kMeanHead[i].landmark)] - centre;
        for (size_t k = 0; k < 3; ++k) {
            sumX[k] += seen.x * model.points[i][k];
            sumY[k] += seen.y * model.points[i][k];
        }
    }
    const Vector x = times(model.fromSums, sumX), y = times(model.fromSums, sumY);
    // The nearest matrix with orthogonal rows of one length: (M M')^(-1/2) M, 2 by 2 in closed
    // form.
    const double xx = dot(x, x), yy = dot(y, y), xy = dot(x, y);
    const double area = std::sqrt(std::max(0.0, xx * yy - xy * xy));
    if (!std::isfinite(xx + yy) || !(area > 1e-9 * (xx + yy)) || xx + yy < 1e-9) {
        return 0;
    }
    // inverse root of {{xx, xy}, {xy, yy}} up to a factor: {{yy + area, -xy}, {-xy, xx + area}}.
    Vector right{}, down{};
    for (size_t k = 0; k < 3; ++k) {
        right[k] = (yy + area) * x[k] - xy * y[k];
        down[k] = (xx + area) * y[k] - xy * x[k];
    }
    // Roll after pitch after yaw, y down and z away from the camera: the depth that the row away
    // from the camera gives to the head's own right and depth.
    const Vector away = cross(right, down);
    const double yaw = std::atan2(away[0], away[2]) * 57.29577951308232;
    return std::clamp(yaw, -90.0, 90.0);
}

}  // namespace understudy::media
