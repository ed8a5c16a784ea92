#include "training/engine/data/color_transfer.h"

#include <algorithm>
#include <cmath>

namespace understudy::training {

namespace {

constexpr double kLeastDeviation = 1e-3;  // of a colour channel: flatter ones have no tint to move

Matrix3 transposed(const Matrix3& m) {
    Matrix3 result{};
    for (size_t i = 0; i < 3; ++i) {
        for (size_t j = 0; j < 3; ++j) {
            result[i][j] = m[j][i];
        }
    }
    return result;
}

// A symmetric matrix as rotation' * diagonal * rotation; rows of `directions` are unit vectors.
struct Axes {
    std::array<double, 3> lengths{};
    Matrix3 directions{};
};

// Jacobi's rotations: for three by three, a handful of sweeps reach the last bit.
Axes axesOf(Matrix3 m) {
    Matrix3 v = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    for (int sweep = 0; sweep < 24; ++sweep) {
        const double off = std::abs(m[0][1]) + std::abs(m[0][2]) + std::abs(m[1][2]);
        if (off <= 1e-17 * (std::abs(m[0][0]) + std::abs(m[1][1]) + std::abs(m[2][2]))) {
            break;
        }
        for (size_t p = 0; p < 2; ++p) {
            for (size_t q = p + 1; q < 3; ++q) {
                if (m[p][q] == 0) {
                    continue;
                }
                const double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
                const double t = std::copysign(1, theta) / (std::abs(theta) + std::hypot(theta, 1));
                const double c = 1 / std::hypot(t, 1), s = t * c;
                Matrix3 turn = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
                turn[p][p] = turn[q][q] = c;
                turn[p][q] = -s;
                turn[q][p] = s;
                m = product(turn, product(m, transposed(turn)));
                m[p][q] = m[q][p] = 0;
                v = product(turn, v);
            }
        }
    }
    return {{m[0][0], m[1][1], m[2][2]}, v};
}

template <class Function>
Matrix3 mapped(const Axes& axes, Function function) {
    Matrix3 diagonal{};
    for (size_t i = 0; i < 3; ++i) {
        diagonal[i][i] = function(axes.lengths[i]);
    }
    return product(transposed(axes.directions), product(diagonal, axes.directions));
}

Matrix3 covarianceOf(const FaceTones& tones) {
    Matrix3 all{};
    for (size_t i = 0; i < 3; ++i) {
        // No face is so flat that its inverse is not finite.
        all[i][i] =
            std::max(tones.deviation[i] * tones.deviation[i], kLeastDeviation * kLeastDeviation);
    }
    all[0][1] = all[1][0] = tones.across[0];
    all[0][2] = all[2][0] = tones.across[1];
    all[1][2] = all[2][1] = tones.across[2];
    return all;
}

// `scale` in opponent channels and the mean of `from` to that of `to`, as a matrix for RGB.
ColorMatrix around(const Matrix3& scale, const FaceTones& from, const FaceTones& to) {
    std::array<double, 3> moved = to.mean;
    for (size_t i = 0; i < 3; ++i) {
        for (size_t j = 0; j < 3; ++j) {
            moved[i] -= scale[i][j] * from.mean[j];
        }
    }
    const Matrix3 all = inOpponent(scale);
    ColorMatrix matrix{};
    for (size_t i = 0; i < 3; ++i) {
        double offset = 0;
        for (size_t j = 0; j < 3; ++j) {
            matrix[4 * i + j] = static_cast<float>(all[i][j]);
            offset += kOpponent[j][i] * moved[j];
        }
        matrix[4 * i + 3] = static_cast<float>(offset);
    }
    return matrix;
}

}  // namespace

const Matrix3 kOpponent = {{{0.57735026918962573, 0.57735026918962573, 0.57735026918962573},
                            {0.70710678118654746, 0, -0.70710678118654746},
                            {0.40824829046386302, -0.81649658092772603, 0.40824829046386302}}};

Matrix3 product(const Matrix3& a, const Matrix3& b) {
    Matrix3 result{};
    for (size_t i = 0; i < 3; ++i) {
        for (size_t j = 0; j < 3; ++j) {
            for (size_t k = 0; k < 3; ++k) {
                result[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    return result;
}

Matrix3 inOpponent(const Matrix3& middle) {
    return product(transposed(kOpponent), product(middle, kOpponent));
}

FaceTones tonesOf(const float* planes, size_t pixels, const float* mask) {
    double weightSum = 0;
    std::array<double, 3> sum{};
    Matrix3 squares{};
    for (int attempt = 0; attempt < 2 && weightSum <= 0; ++attempt) {
        for (size_t i = 0; i < pixels; ++i) {
            const double weight = attempt == 0 ? mask[i] : 1;
            if (weight <= 0) {
                continue;
            }
            weightSum += weight;
            std::array<double, 3> value{};
            for (size_t k = 0; k < 3; ++k) {
                for (size_t c = 0; c < 3; ++c) {
                    value[k] += kOpponent[k][c] * planes[c * pixels + i];
                }
                sum[k] += weight * value[k];
                for (size_t j = 0; j <= k; ++j) {
                    squares[k][j] += weight * value[k] * value[j];
                }
            }
        }
    }
    FaceTones tones;
    for (size_t k = 0; k < 3; ++k) {
        tones.mean[k] = sum[k] / weightSum;
        tones.deviation[k] =
            std::sqrt(std::max(0.0, squares[k][k] / weightSum - tones.mean[k] * tones.mean[k]));
    }
    tones.across = {squares[1][0] / weightSum - tones.mean[1] * tones.mean[0],
                    squares[2][0] / weightSum - tones.mean[2] * tones.mean[0],
                    squares[2][1] / weightSum - tones.mean[2] * tones.mean[1]};
    return tones;
}

ColorMatrix toneTransfer(const FaceTones& from, const FaceTones& to) {
    Matrix3 scale{};
    for (size_t i = 0; i < 3; ++i) {
        scale[i][i] = std::clamp(to.deviation[i] / std::max(from.deviation[i], kLeastDeviation),
                                 kLeastStretch, kMostStretch);
    }
    return around(scale, from, to);
}

ColorMatrix transportTransfer(const FaceTones& from, const FaceTones& to) {
    const auto root = [](double square) { return std::sqrt(std::max(0.0, square)); };
    const Axes own = axesOf(covarianceOf(from));
    // Rounding can make a nearly flat direction negative.
    const auto atLeast = [](double square) {
        return std::max(square, kLeastDeviation * kLeastDeviation);
    };
    const Matrix3 half = mapped(own, [&](double square) { return std::sqrt(atLeast(square)); });
    const Matrix3 back = mapped(own, [&](double square) { return 1 / std::sqrt(atLeast(square)); });
    const Matrix3 between = product(half, product(covarianceOf(to), half));
    const Matrix3 map = product(back, product(mapped(axesOf(between), root), back));
    const Matrix3 stretched = mapped(axesOf(map), [](double stretch) {
        return std::clamp(stretch, kLeastStretch, kMostStretch);
    });
    return around(stretched, from, to);
}

}  // namespace understudy::training
