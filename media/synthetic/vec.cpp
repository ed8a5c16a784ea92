#include "media/synthetic/vec.h"

#include "media/base/wide.h"

namespace understudy::media {

US_WIDE float noise(Vec3 p, uint32_t seed) {
    const auto below = [](float v) {  // floor, without a call
        const auto cut = static_cast<int32_t>(v);
        return cut - static_cast<int32_t>(v < static_cast<float>(cut));
    };
    const int32_t ix = below(p.x), iy = below(p.y), iz = below(p.z);
    float corners[8];
    for (int i = 0; i < 8; ++i) {
        corners[i] = hashed(ix + (i & 1), iy + ((i >> 1) & 1), iz + (i >> 2), seed);
    }
    const auto eased = [](float v, int32_t floor) {
        const float t = v - static_cast<float>(floor);
        return t * t * (3 - 2 * t);
    };
    const float tx = eased(p.x, ix), ty = eased(p.y, iy), tz = eased(p.z, iz);
    const auto line = [&](int i) { return mix(corners[i], corners[i + 1], tx); };
    return 2 * mix(mix(line(0), line(2), ty), mix(line(4), line(6), ty), tz) - 1;
}

float fractal(Vec3 p, int octaves, uint32_t seed) {
    float sum = 0;
    float weight = 0.5f;
    for (int i = 0; i < octaves; ++i) {
        sum += weight * noise(p, seed + static_cast<uint32_t>(i));
        p = p * 2.03f;
        weight *= 0.5f;
    }
    return sum;
}

}  // namespace understudy::media
