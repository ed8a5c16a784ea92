#include "media/synthetic/film.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/base/wide.h"

namespace understudy::media {
namespace {

// Narkowicz's fit of the ACES curve ("ACES Filmic Tone Mapping Curve", 2015), then sRGB's.
float tonedExactly(float light) {
    const float x = light * 0.62f;
    const float film = clamped(x * (2.51f * x + 0.03f) / (x * (2.43f * x + 0.59f) + 0.14f));
    return film <= 0.0031308f ? 12.92f * film : 1.055f * std::pow(film, 1 / 2.4f) - 0.055f;
}

// The same from a table, over the root of the light, along which the curve bends little: within a
// hundredth of a step of eight bits.
class ToneCurve {
  public:
    ToneCurve() {
        for (int i = 0; i <= kSteps + 1; ++i) {
            const float root = static_cast<float>(i) / kScale;
            values_[static_cast<size_t>(i)] = tonedExactly(root * root);
        }
    }
    float operator()(float light) const {
        const float at = std::sqrt(clamped(light, 0, kMostLight)) * kScale;
        const int i = static_cast<int>(at);
        const float low = values_[static_cast<size_t>(i)];
        return low + (values_[static_cast<size_t>(i) + 1] - low) * (at - static_cast<float>(i));
    }

  private:
    static constexpr int kSteps = 1536;
    static constexpr float kMostLight = 12;  // the curve is at its end from 11.7
    static constexpr float kScale = kSteps / 3.4642f;
    std::array<float, kSteps + 2> values_;
};

Vec3 toned(Vec3 linear) {
    static const ToneCurve curve;
    return {curve(linear.x), curve(linear.y), curve(linear.z)};
}

}  // namespace

Vec3 backdrop(float x, float y, uint32_t seed) {
    const auto random = [seed](int i) { return hashed(i, 7, 0, seed); };
    const Vec3 low{0.06f + 0.25f * random(0), 0.06f + 0.25f * random(1), 0.06f + 0.25f * random(2)};
    const Vec3 high = mix(low, Vec3{0.3f, 0.3f, 0.32f}, 0.7f * random(3));
    const auto plain = [](Vec3 c) {  // walls are greyer than paint
        const float gray = (c.x + c.y + c.z) / 3;
        return mix(Vec3{gray, gray, gray}, c, 0.4f);
    };
    Vec3 color = plain(mix(high, low, clamped(y)));
    // Things out of focus.
    for (int i = 0; i < 6; ++i) {
        const float cx = random(10 + 7 * i) * 1.6f - 0.3f;
        const float cy = random(11 + 7 * i) * 1.2f - 0.1f;
        const float rx = 0.06f + 0.3f * random(12 + 7 * i);
        const float ry = 0.1f + 0.5f * random(13 + 7 * i);
        const float edge = smooth(1.25f, 0.75f, std::hypot((x - cx) / rx, (y - cy) / ry));
        const Vec3 other{0.05f + 0.5f * random(14 + 7 * i), 0.05f + 0.45f * random(15 + 7 * i),
                         0.05f + 0.45f * random(16 + 7 * i)};
        color = mix(color, plain(other), 0.5f * edge);
    }
    return color;
}

namespace {

float lengthOf(Motion m) {
    return std::hypot(m.x, m.y);
}

// The longest motion of each tile and its neighbours: whatever might reach a pixel of it.
class NearbyMotion {
  public:
    NearbyMotion(const std::vector<Motion>& motion, int width, int height)
        : columns_((width + kTile - 1) / kTile), rows_((height + kTile - 1) / kTile) {
        std::vector<Motion> tiles(static_cast<size_t>(columns_) * rows_);
        const auto keep = [](Motion& longest, Motion other) {
            if (lengthOf(other) > lengthOf(longest)) {
                longest = other;
            }
        };
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                keep(tiles[static_cast<size_t>(y / kTile) * columns_ + x / kTile],
                     motion[static_cast<size_t>(y) * width + x]);
            }
        }
        longest_ = tiles;
        for (int y = 0; y < rows_; ++y) {
            for (int x = 0; x < columns_; ++x) {
                for (int ny = std::max(0, y - 1); ny <= std::min(rows_ - 1, y + 1); ++ny) {
                    for (int nx = std::max(0, x - 1); nx <= std::min(columns_ - 1, x + 1); ++nx) {
                        keep(longest_[static_cast<size_t>(y) * columns_ + x],
                             tiles[static_cast<size_t>(ny) * columns_ + nx]);
                    }
                }
            }
        }
    }
    Motion at(int x, int y) const {
        return longest_[static_cast<size_t>(y / kTile) * columns_ + x / kTile];
    }

  private:
    static constexpr int kTile = 16;
    int columns_, rows_;
    std::vector<Motion> longest_;
};

// Three uniforms make a bell, -1.5 to 1.5: a row of a picture, one channel after the other.
US_WIDE void grainOf(int y, int width, uint32_t seed, float* bells) {
    for (int channel = 0; channel < 3; ++channel) {
        for (int x = 0; x < width; ++x) {
            bells[channel * width + x] = hashed(x, y, channel, seed) +
                                         hashed(x, y, channel + 3, seed) +
                                         hashed(x, y, channel + 6, seed) - 1.5f;
        }
    }
}

}  // namespace

void smear(std::vector<Vec3>& linear, const std::vector<Motion>& motion, int width, int height) {
    const NearbyMotion nearby(motion, width, height);
    const std::vector<Vec3> sharp = linear;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const Motion along = nearby.at(x, y);
            const float reach = lengthOf(along);
            if (reach < 0.6f) {
                continue;
            }
            const size_t here = static_cast<size_t>(y) * width + x;
            const float own = lengthOf(motion[here]) / 2;
            const int taps = std::min(31, 2 * static_cast<int>(std::ceil(reach / 2)) + 1);
            Vec3 sum;
            for (int i = 0; i < taps; ++i) {
                const float part = static_cast<float>(i) / static_cast<float>(taps - 1) - 0.5f;
                const int tx =
                    static_cast<int>(std::lround(static_cast<float>(x) + part * along.x));
                const int ty =
                    static_cast<int>(std::lround(static_cast<float>(y) + part * along.y));
                const size_t there = static_cast<size_t>(std::clamp(ty, 0, height - 1)) * width +
                                     std::clamp(tx, 0, width - 1);
                // What moves here sees past itself; what moves there comes over.
                const float most = std::max(own, lengthOf(motion[there]) / 2);
                sum += sharp[std::abs(part) * reach <= most ? there : here];
            }
            linear[here] = sum * (1 / static_cast<float>(taps));
        }
    }
}

float exposureFor(Vec3 skin) {
    constexpr float kUsual = 0.33f;  // luminance of skin that is taken as it is
    return std::sqrt(kUsual / (0.2f * skin.x + 0.7f * skin.y + 0.1f * skin.z));
}

Image developed(const std::vector<Vec3>& linear, float exposure, const Moment& moment, int width,
                int height) {
    std::vector<Vec3> film(linear.size());
    for (size_t i = 0; i < film.size(); ++i) {
        film[i] = toned(linear[i] * exposure);
    }
    constexpr float kSide = 0.16f;  // of a 3-tap Gaussian of .55 px
    std::vector<Vec3> rows(film.size());
    const auto at = [&](const std::vector<Vec3>& from, int x, int y) {
        return from[static_cast<size_t>(std::clamp(y, 0, height - 1)) * width +
                    std::clamp(x, 0, width - 1)];
    };
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            rows[static_cast<size_t>(y) * width + x] =
                at(film, x, y) * (1 - 2 * kSide) +
                (at(film, x - 1, y) + at(film, x + 1, y)) * kSide;
        }
    }
    Image picture(width, height, 3, SampleType::u8);
    std::vector<float> bells(static_cast<size_t>(width) * 3);
    for (int y = 0; y < height; ++y) {
        auto* row = picture.row<uint8_t>(y);
        grainOf(y, width, moment.grainSeed, bells.data());
        for (int x = 0; x < width; ++x) {
            const Vec3 v = at(rows, x, y) * (1 - 2 * kSide) +
                           (at(rows, x, y - 1) + at(rows, x, y + 1)) * kSide;
            const float mean = (v.x + v.y + v.z) / 3;
            const float strength = 1.15f * moment.grain * 1.7f * (1.25f - 0.6f * mean);
            const float values[3] = {v.x, v.y, v.z};
            for (int channel = 0; channel < 3; ++channel) {
                const float bell = bells[static_cast<size_t>(channel) * width + x];
                row[3 * x + channel] =
                    static_cast<uint8_t>(clamped(values[channel] + strength * bell) * 255 + 0.5f);
            }
        }
    }
    return picture;
}

}  // namespace understudy::media
