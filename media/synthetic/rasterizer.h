// Triangles to samples: which surface is in front at each, and where on it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "media/synthetic/vec.h"

namespace understudy::media {

struct Sample {
    float depth = 1e30f;  // distance along the view
    float b = 0, c = 0;   // weights of the triangle's second and third corner
    uint32_t triangle : 24 = 0;
    uint32_t part : 8 = 0;  // 0: nothing
};

// A surface's corner, projected: x, y in samples, z the depth.
using Projected = Vec3;

constexpr int kSamplesPerPixel = 2;                            // along each side
constexpr int kSamples = kSamplesPerPixel * kSamplesPerPixel;  // of a pixel

class SampleBuffer {
  public:
    // Pixels.
    SampleBuffer(int width, int height)
        : width_(width), height_(height), samples_(static_cast<size_t>(width) * height) {}

    // Of a pixel, row by row. They lie together, a line of the processor's cache.
    std::span<const Sample, kSamples> of(int x, int y) const {
        return samples_[static_cast<size_t>(y) * width_ + x].all;
    }

    // Perspective-correct where w = 1/depth differs little over a triangle, as it does here.
    // Culls what faces away unless `bothSides`.
    void draw(Projected a, Projected b, Projected c, uint32_t triangle, uint8_t part,
              bool bothSides = false);

  private:
    struct alignas(64) PixelSamples {
        std::array<Sample, kSamples> all;
    };

    int width_;
    int height_;
    std::vector<PixelSamples> samples_;
};

// Depth alone, for shadows.
class DepthMap {
  public:
    explicit DepthMap(int size) : size_(size), depth_(static_cast<size_t>(size) * size, 1e30f) {}
    void draw(Projected a, Projected b, Projected c);
    // Part of the light that reaches (x, y) at `depth`, over five texels to each side.
    float lit(float x, float y, float depth) const;
    int size() const { return size_; }

  private:
    int size_;
    std::vector<float> depth_;
};

}  // namespace understudy::media
