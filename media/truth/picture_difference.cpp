#include "media/truth/picture_difference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace understudy::media {

namespace {

constexpr int kReach = 5;  // of the window, to each side
constexpr double kDeviation = 1.5;
constexpr double kC1 = 0.01 * 255 * 0.01 * 255, kC2 = 0.03 * 255 * 0.03 * 255;

std::array<float, 2 * kReach + 1> window() {
    std::array<float, 2 * kReach + 1> w{};
    double sum = 0;
    for (int i = -kReach; i <= kReach; ++i) {
        sum += std::exp(-i * i / (2 * kDeviation * kDeviation));
    }
    for (int i = -kReach; i <= kReach; ++i) {
        w[static_cast<size_t>(i + kReach)] =
            static_cast<float>(std::exp(-i * i / (2 * kDeviation * kDeviation)) / sum);
    }
    return w;
}

// The part of a picture that counts, with room for the window; edges are repeated.
struct Region {
    int left = 0, top = 0, width = 0, height = 0;
};

Region regionOf(const Image& mask) {
    int left = mask.width(), top = mask.height(), right = -1, bottom = -1;
    for (int y = 0; y < mask.height(); ++y) {
        const auto* row = mask.row<uint8_t>(y);
        for (int x = 0; x < mask.width(); ++x) {
            if (row[x] > 0) {
                left = std::min(left, x), right = std::max(right, x);
                top = std::min(top, y), bottom = y;
            }
        }
    }
    if (right < 0) {
        return {};
    }
    return {left - kReach, top - kReach, right - left + 1 + 2 * kReach,
            bottom - top + 1 + 2 * kReach};
}

std::vector<float> lumaOf(const Image& picture, const Region& region) {
    std::vector<float> luma(static_cast<size_t>(region.width) * region.height);
    for (int y = 0; y < region.height; ++y) {
        const auto* row = picture.row<uint8_t>(std::clamp(region.top + y, 0, picture.height() - 1));
        for (int x = 0; x < region.width; ++x) {
            const auto* p = row + 3 * std::clamp(region.left + x, 0, picture.width() - 1);
            luma[static_cast<size_t>(y) * region.width + x] =
                0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
        }
    }
    return luma;
}

// Blurred by the window; only what lies kReach from the region's edge is meant.
std::vector<float> blurred(const std::vector<float>& values, const Region& region) {
    static const auto kWindow = window();
    std::vector<float> rows(values.size()), out(values.size());
    for (int y = 0; y < region.height; ++y) {
        for (int x = kReach; x < region.width - kReach; ++x) {
            const float* from = values.data() + static_cast<size_t>(y) * region.width + x - kReach;
            float sum = 0;
            for (size_t i = 0; i < kWindow.size(); ++i) {
                sum += kWindow[i] * from[i];
            }
            rows[static_cast<size_t>(y) * region.width + x] = sum;
        }
    }
    for (int y = kReach; y < region.height - kReach; ++y) {
        for (int x = kReach; x < region.width - kReach; ++x) {
            float sum = 0;
            for (int i = -kReach; i <= kReach; ++i) {
                sum += kWindow[static_cast<size_t>(i + kReach)] *
                       rows[static_cast<size_t>(y + i) * region.width + x];
            }
            out[static_cast<size_t>(y) * region.width + x] = sum;
        }
    }
    return out;
}

std::vector<float> product(const std::vector<float>& a, const std::vector<float>& b) {
    std::vector<float> out(a.size());
    std::transform(a.begin(), a.end(), b.begin(), out.begin(), std::multiplies<>());
    return out;
}

}  // namespace

double psnrOf(const WeightedSum& squares) {
    constexpr double kMost = 99;
    return squares.sum > 0 ? std::min(kMost, 10 * std::log10(255.0 * 255.0 / squares.mean()))
                           : kMost;
}

WeightedSum squaredError(const Image& a, const Image& b, const Image& mask) {
    WeightedSum error;
    for (int y = 0; y < mask.height(); ++y) {
        const auto* m = mask.row<uint8_t>(y);
        const auto* p = a.row<uint8_t>(y);
        const auto* q = b.row<uint8_t>(y);
        for (int x = 0; x < mask.width(); ++x) {
            if (m[x] == 0) {
                continue;
            }
            const double weight = m[x] / 255.0;
            for (int c = 0; c < 3; ++c) {
                const double difference = p[3 * x + c] - q[3 * x + c];
                error.sum += weight * difference * difference;
                error.weight += weight;
            }
        }
    }
    return error;
}

Image recolored(const Image& plate, const Image& truth, const Image& mask) {
    Image out = plate;
    for (int c = 0; c < 3; ++c) {
        double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
        for (int y = 0; y < mask.height(); ++y) {
            const auto* m = mask.row<uint8_t>(y);
            for (int x = 0; x < mask.width(); ++x) {
                const double w = m[x] / 255.0;
                const double from = plate.row<uint8_t>(y)[3 * x + c];
                const double to = truth.row<uint8_t>(y)[3 * x + c];
                n += w, sx += w * from, sy += w * to, sxx += w * from * from;
                sxy += w * from * to;
            }
        }
        if (n <= 0) {
            continue;
        }
        const double spread = sxx - sx * sx / n;
        const double gain = spread > 1e-9 ? (sxy - sx * sy / n) / spread : 0;
        const double offset = (sy - gain * sx) / n;
        for (int y = 0; y < mask.height(); ++y) {
            const auto* m = mask.row<uint8_t>(y);
            for (int x = 0; x < mask.width(); ++x) {
                if (m[x] > 0) {
                    uint8_t& value = out.row<uint8_t>(y)[3 * x + c];
                    value = static_cast<uint8_t>(
                        std::lround(std::clamp(gain * value + offset, 0.0, 255.0)));
                }
            }
        }
    }
    return out;
}

WeightedSum structuralSimilarity(const Image& a, const Image& b, const Image& mask) {
    const Region region = regionOf(mask);
    WeightedSum similarity;
    if (region.width == 0) {
        return similarity;
    }
    const auto x = lumaOf(a, region), y = lumaOf(b, region);
    const auto mx = blurred(x, region), my = blurred(y, region);
    const auto xx = blurred(product(x, x), region), yy = blurred(product(y, y), region),
               xy = blurred(product(x, y), region);
    for (int row = kReach; row < region.height - kReach; ++row) {
        const auto* m = mask.row<uint8_t>(region.top + row);
        for (int column = kReach; column < region.width - kReach; ++column) {
            const double weight = m[region.left + column] / 255.0;
            if (weight <= 0) {
                continue;
            }
            const size_t i = static_cast<size_t>(row) * region.width + column;
            const double meanX = mx[i], meanY = my[i];
            const double cross = xy[i] - meanX * meanY;
            const double spread = xx[i] - meanX * meanX + yy[i] - meanY * meanY;
            const double ssim = (2 * meanX * meanY + kC1) / (meanX * meanX + meanY * meanY + kC1) *
                                (2 * cross + kC2) / (spread + kC2);
            similarity.sum += weight * ssim;
            similarity.weight += weight;
        }
    }
    return similarity;
}

}  // namespace understudy::media
