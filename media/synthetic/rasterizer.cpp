#include "media/synthetic/rasterizer.h"

#include <algorithm>
#include <cmath>

namespace understudy::media {
namespace {

// Calls plot(x, y, b, c) for every sample centre in the triangle.
template <class Plot>
void scan(Projected p0, Projected p1, Projected p2, float area, int width, int height, Plot plot) {
    const int left = std::max(0, static_cast<int>(std::ceil(std::min({p0.x, p1.x, p2.x}) - 0.5f)));
    const int right =
        std::min(width - 1, static_cast<int>(std::floor(std::max({p0.x, p1.x, p2.x}) - 0.5f)));
    const int top = std::max(0, static_cast<int>(std::ceil(std::min({p0.y, p1.y, p2.y}) - 0.5f)));
    const int bottom =
        std::min(height - 1, static_cast<int>(std::floor(std::max({p0.y, p1.y, p2.y}) - 0.5f)));
    const float inverse = 1 / area;
    for (int y = top; y <= bottom; ++y) {
        const float py = static_cast<float>(y) + 0.5f;
        for (int x = left; x <= right; ++x) {
            const float px = static_cast<float>(x) + 0.5f;
            const float b = ((px - p0.x) * (p2.y - p0.y) - (py - p0.y) * (p2.x - p0.x)) * inverse;
            const float c = ((p1.x - p0.x) * (py - p0.y) - (p1.y - p0.y) * (px - p0.x)) * inverse;
            if (b >= 0 && c >= 0 && b + c <= 1) {
                plot(x, y, b, c);
            }
        }
    }
}

float doubleArea(Projected a, Projected b, Projected c) {
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

}  // namespace

void SampleBuffer::draw(Projected p0, Projected p1, Projected p2, uint32_t triangle, uint8_t part,
                        bool bothSides) {
    const float area = doubleArea(p0, p1, p2);
    if (std::abs(area) < 1e-8f || (area < 0 && !bothSides)) {
        return;
    }
    constexpr int k = kSamplesPerPixel;
    scan(p0, p1, p2, area, width_ * k, height_ * k, [&](int x, int y, float b, float c) {
        const float depth = p0.z + b * (p1.z - p0.z) + c * (p2.z - p0.z);
        PixelSamples& pixel = samples_[static_cast<size_t>(y / k) * width_ + x / k];
        Sample& sample = pixel.all[static_cast<size_t>(y % k * k + x % k)];
        if (depth < sample.depth) {
            sample = {depth, b, c, triangle, part};
        }
    });
}

void DepthMap::draw(Projected p0, Projected p1, Projected p2) {
    const float area = doubleArea(p0, p1, p2);
    if (std::abs(area) < 1e-8f) {
        return;
    }
    scan(p0, p1, p2, area, size_, size_, [&](int x, int y, float b, float c) {
        float& depth = depth_[static_cast<size_t>(y) * size_ + x];
        depth = std::min(depth, p0.z + b * (p1.z - p0.z) + c * (p2.z - p0.z));
    });
}

float DepthMap::lit(float x, float y, float depth) const {
    // A tent over five texels to each side, moved by parts of one: the edge of a large, near light
    // without banding.
    constexpr int kTaps = 5;
    constexpr int kSpacing = 2;
    const int x0 = static_cast<int>(std::floor(x - 0.5f));
    const int y0 = static_cast<int>(std::floor(y - 0.5f));
    const float tx = x - 0.5f - static_cast<float>(x0);
    const float ty = y - 0.5f - static_cast<float>(y0);
    const auto weight = [](int tap, float t) {
        const float away = static_cast<float>(kSpacing * (tap - kTaps / 2)) - t;
        return std::max(0.0f, 1 - std::abs(away) / (kSpacing * (kTaps / 2 + 1)));
    };
    float sum = 0;
    float weights = 0;
    for (int dy = 0; dy < kTaps; ++dy) {
        const int sy = y0 + kSpacing * (dy - kTaps / 2);
        for (int dx = 0; dx < kTaps; ++dx) {
            const int sx = x0 + kSpacing * (dx - kTaps / 2);
            const bool inside = sx >= 0 && sy >= 0 && sx < size_ && sy < size_;
            const float w = weight(dx, tx) * weight(dy, ty);
            if (inside) {
                const float there = depth_[static_cast<size_t>(sy) * size_ + sx];
                sum += w * smooth(there + 0.9f, there + 0.3f, depth);
            } else {
                sum += w;
            }
            weights += w;
        }
    }
    return sum / weights;
}

}  // namespace understudy::media
