#include "training/swap/color_match.h"

#include <algorithm>
#include <cmath>

#include "media/base/check.h"
#include "training/swap/image_ops.h"

namespace understudy::training {

using media::Image;
using media::SampleType;
using Matrix3 = std::array<double, 9>;

namespace {

constexpr double kLeastVariance = 4e-5;  // about (1.6 / 255)^2: compression noise
constexpr double kMostContrast = 1.8;
// Distance of two colours, 0 to 1 each, that is a doubt, round by round; light and expression
// differ by less than the last. A small one at once would settle for whatever is there by chance.
constexpr std::array kDoubts = {0.3, 0.2, 0.14, 0.1, 0.1, 0.1, 0.1, 0.1};
// Contrast is told only once what disagrees hardly counts: a beard is no contrast.
constexpr size_t kMeanRounds = 2;
constexpr double kLeastCorrelation = 0.3;
constexpr int kEnoughPixels = 128;  // of a side, for all rounds but the last
constexpr double kSure = 4;         // a quarter more dark on one side is taken for all

Matrix3 product(const Matrix3& a, const Matrix3& b) {
    Matrix3 result{};
    for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) {
            for (int k = 0; k < 3; ++k) {
                result[3 * i + j] += a[3 * i + k] * b[3 * k + j];
            }
        }
    }
    return result;
}

double dot(const std::array<double, 3>& a, const std::array<double, 3>& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

double trace(const Matrix3& m) {
    return m[0] + m[4] + m[8];
}

// Without what disagrees.
ColorPair measurePair(const Image& from, const Image& to, const Image& weight) {
    ColorPair pair{measureColors(from, weight), measureColors(to, weight)};
    for (int y = 0; y < to.height(); ++y) {
        const float* a = from.row<float>(y);
        const float* b = to.row<float>(y);
        const float* w = weight.row<float>(y);
        for (int x = 0; x < to.width(); ++x, a += 3, b += 3) {
            pair.product += w[x] * (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
        }
    }
    return pair;
}

// f applied to the eigenvalues of a symmetric matrix.
template <class Function>
Matrix3 spectral(const Matrix3& matrix, Function f) {
    const Eigen3 eigen = symmetricEigen(matrix);
    Matrix3 result{};
    for (int k = 0; k < 3; ++k) {
        const double value = f(eigen.values[k]);
        for (int i = 0; i < 3; ++i) {
            for (int j = 0; j < 3; ++j) {
                result[3 * i + j] += value * eigen.vectors[3 * k + i] * eigen.vectors[3 * k + j];
            }
        }
    }
    return result;
}

// Symmetric up to rounding, which the eigenvalue routine wants to be told.
Matrix3 symmetric(Matrix3 m) {
    for (int i = 0; i < 3; ++i) {
        for (int j = i + 1; j < 3; ++j) {
            m[3 * i + j] = m[3 * j + i] = 0.5 * (m[3 * i + j] + m[3 * j + i]);
        }
    }
    return m;
}

// Sf^-1/2 (Sf^1/2 St Sf^1/2)^1/2 Sf^-1/2, with its gains limited.
Matrix3 transport(Matrix3 from, Matrix3 to) {
    for (int i = 0; i < 3; ++i) {
        from[4 * i] += kLeastVariance;
        to[4 * i] += kLeastVariance;
    }
    const auto root = [](double v) { return std::sqrt(std::max(v, 0.0)); };
    const Matrix3 half = spectral(from, root);
    const Matrix3 inverse =
        spectral(from, [](double v) { return 1 / std::sqrt(std::max(v, kLeastVariance)); });
    const Matrix3 middle = spectral(symmetric(product(product(half, to), half)), root);
    return spectral(symmetric(product(product(inverse, middle), inverse)),
                    [](double v) { return std::clamp(v, 1 / kMostContrast, kMostContrast); });
}

}  // namespace

void ColorMoments::add(const ColorMoments& other, double factor) {
    weight += factor * other.weight;
    for (int i = 0; i < 3; ++i) {
        sum[i] += factor * other.sum[i];
    }
    for (int i = 0; i < 6; ++i) {
        square[i] += factor * other.square[i];
    }
}

std::array<double, 3> ColorMoments::mean() const {
    US_CHECK(weight > 0);
    return {sum[0] / weight, sum[1] / weight, sum[2] / weight};
}

std::array<double, 9> ColorMoments::covariance() const {
    const std::array<double, 3> m = mean();
    Matrix3 result{};
    int k = 0;
    for (int i = 0; i < 3; ++i) {
        for (int j = i; j < 3; ++j) {
            result[3 * i + j] = result[3 * j + i] = square[k++] / weight - m[i] * m[j];
        }
    }
    return result;
}

ColorMoments measureColors(const Image& pixels, const Image& weight) {
    US_CHECK(pixels.channels() == 3 && weight.channels() == 1 && pixels.width() == weight.width() &&
             pixels.height() == weight.height());
    ColorMoments moments;
    for (int y = 0; y < pixels.height(); ++y) {
        const float* color = pixels.row<float>(y);
        const float* w = weight.row<float>(y);
        for (int x = 0; x < pixels.width(); ++x, color += 3) {
            if (w[x] <= 0) {
                continue;
            }
            const double f = w[x];
            const double r = color[0], g = color[1], b = color[2];
            moments.weight += f;
            moments.sum[0] += f * r;
            moments.sum[1] += f * g;
            moments.sum[2] += f * b;
            moments.square[0] += f * r * r;
            moments.square[1] += f * r * g;
            moments.square[2] += f * r * b;
            moments.square[3] += f * g * g;
            moments.square[4] += f * g * b;
            moments.square[5] += f * b * b;
        }
    }
    return moments;
}

void ColorMap::apply(Image& pixels) const {
    US_CHECK(pixels.channels() == 3);
    std::array<float, 9> m;
    std::array<float, 3> o;
    std::copy(matrix.begin(), matrix.end(), m.begin());
    std::copy(offset.begin(), offset.end(), o.begin());
    for (int y = 0; y < pixels.height(); ++y) {
        float* c = pixels.row<float>(y);
        for (int x = 0; x < pixels.width(); ++x, c += 3) {
            const float r = c[0], g = c[1], b = c[2];
            c[0] = m[0] * r + m[1] * g + m[2] * b + o[0];
            c[1] = m[3] * r + m[4] * g + m[5] * b + o[1];
            c[2] = m[6] * r + m[7] * g + m[8] * b + o[2];
        }
    }
}

ColorMap matchColors(const ColorMoments& from, const ColorMoments& to, ColorMatch mode) {
    ColorMap map;
    if (mode == ColorMatch::none || from.weight < 1e-6 || to.weight < 1e-6) {
        return map;
    }
    if (mode == ColorMatch::linear) {
        map.matrix = transport(from.covariance(), to.covariance());
    }
    const std::array<double, 3> a = from.mean();
    const std::array<double, 3> b = to.mean();
    for (int i = 0; i < 3; ++i) {
        map.offset[i] = b[i];
        for (int j = 0; j < 3; ++j) {
            map.offset[i] -= map.matrix[3 * i + j] * a[j];
        }
    }
    return map;
}

void ColorPair::add(const ColorPair& other, double factor) {
    from.add(other.from, factor);
    to.add(other.to, factor);
    product += factor * other.product;
    disagreed += factor * other.disagreed;
    darkened += factor * other.darkened;
}

ColorMap matchColors(const ColorPair& colors, ColorMatch mode) {
    ColorMap map = matchColors(colors.from, colors.to, mode);
    if (mode != ColorMatch::linear || colors.disagreed <= 0) {
        return map;
    }
    const std::array<double, 3> from = colors.from.mean();
    const std::array<double, 3> to = colors.to.mean();
    const double common = colors.product / colors.from.weight - dot(from, to);
    const double spread =
        std::sqrt(trace(colors.from.covariance()) * trace(colors.to.covariance()));
    if (spread < kLeastVariance) {
        return map;
    }
    const double correlation = std::clamp(common / spread, kLeastCorrelation, 1.0);
    const double whose = std::clamp(kSure * colors.darkened / colors.disagreed, -1.0, 1.0);
    const double slope = std::pow(correlation, whose);
    for (double& value : map.matrix) {
        value *= slope;
    }
    for (int i = 0; i < 3; ++i) {
        map.offset[i] = slope * map.offset[i] + (1 - slope) * to[i];
    }
    return map;
}

namespace {

// Each `step`th pixel of each `step`th row: enough of a picture without fine detail.
Image everyPixel(const Image& image, int step) {
    if (step == 1) {
        return image;
    }
    const int channels = image.channels();
    Image few((image.width() + step - 1) / step, (image.height() + step - 1) / step, channels,
              SampleType::f32);
    for (int y = 0; y < few.height(); ++y) {
        const float* in = image.row<float>(y * step);
        float* out = few.row<float>(y);
        for (int x = 0; x < few.width(); ++x, in += step * channels) {
            out = std::copy_n(in, channels, out);
        }
    }
    return few;
}

// The weights anew by what disagrees with the colours as they are known, and the colours by them.
void doubt(const Image& from, const Image& to, const Image& weight, size_t round,
           AgreedColors& agreed) {
    Image matched = from;
    matchColors(agreed.colors, round < kMeanRounds ? ColorMatch::mean : ColorMatch::linear)
        .apply(matched);
    const auto limit = static_cast<float>(kDoubts[round] * kDoubts[round]);
    double disagreed = 0;
    double darkened = 0;
    for (int y = 0; y < to.height(); ++y) {
        const float* a = matched.row<float>(y);
        const float* b = to.row<float>(y);
        const float* whole = weight.row<float>(y);
        float* out = agreed.weight.row<float>(y);
        for (int x = 0; x < to.width(); ++x, a += 3, b += 3) {
            const float r = a[0] - b[0], g = a[1] - b[1], v = a[2] - b[2];
            const float doubts = (r * r + g * g + v * v) / limit;
            out[x] = whole[x] / ((1 + doubts) * (1 + doubts));
            const float darker = (whole[x] - out[x]) * (0.3f * r + 0.6f * g + 0.1f * v);
            disagreed += std::abs(darker);
            darkened += darker;
        }
    }
    agreed.colors = measurePair(from, to, agreed.weight);
    agreed.colors.disagreed = disagreed;
    agreed.colors.darkened = darkened;
}

}  // namespace

AgreedColors agreeColors(const Image& from, const Image& to, const Image& weight) {
    const int step = std::max(1, std::max(to.width(), to.height()) / kEnoughPixels);
    const Image fewFrom = everyPixel(from, step);
    const Image fewTo = everyPixel(to, step);
    const Image fewWeight = everyPixel(weight, step);
    AgreedColors agreed{fewWeight, measurePair(fewFrom, fewTo, fewWeight)};
    for (size_t round = 0; round < kDoubts.size(); ++round) {
        doubt(fewFrom, fewTo, fewWeight, round, agreed);
    }
    if (step > 1) {
        agreed.weight = weight;
        doubt(from, to, weight, kDoubts.size() - 1, agreed);
    }
    return agreed;
}

}  // namespace understudy::training
