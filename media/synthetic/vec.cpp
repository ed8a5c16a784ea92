#include "media/synthetic/vec.h"

namespace understudy::media {

float noise(Vec3 p, uint32_t seed) {
    const float fx = std::floor(p.x);
    const float fy = std::floor(p.y);
    const float fz = std::floor(p.z);
    const auto ix = static_cast<int32_t>(fx);
    const auto iy = static_cast<int32_t>(fy);
    const auto iz = static_cast<int32_t>(fz);
    const auto eased = [](float t) { return t * t * (3 - 2 * t); };
    const float tx = eased(p.x - fx);
    const float ty = eased(p.y - fy);
    const float tz = eased(p.z - fz);
    const auto line = [&](int dy, int dz) {
        return mix(hashed(ix, iy + dy, iz + dz, seed), hashed(ix + 1, iy + dy, iz + dz, seed), tx);
    };
    return 2 * mix(mix(line(0, 0), line(1, 0), ty), mix(line(0, 1), line(1, 1), ty), tz) - 1;
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
