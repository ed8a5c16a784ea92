// Three floats, and the noise that everything procedural here is made of.
#pragma once

#include <cmath>
#include <cstdint>

namespace understudy::media {

struct Vec3 {
    float x = 0, y = 0, z = 0;

    Vec3 operator+(Vec3 o) const { return {x + o.x, y + o.y, z + o.z}; }
    Vec3 operator-(Vec3 o) const { return {x - o.x, y - o.y, z - o.z}; }
    Vec3 operator*(float s) const { return {x * s, y * s, z * s}; }
    Vec3 operator*(Vec3 o) const { return {x * o.x, y * o.y, z * o.z}; }
    Vec3& operator+=(Vec3 o) { return *this = *this + o; }
};

inline float dot(Vec3 a, Vec3 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline Vec3 cross(Vec3 a, Vec3 b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline float length(Vec3 a) {
    return std::sqrt(dot(a, a));
}
inline Vec3 normalized(Vec3 a) {
    const float l = length(a);
    return l > 1e-12f ? a * (1 / l) : Vec3{0, 0, 1};
}
inline Vec3 mix(Vec3 a, Vec3 b, float t) {
    return a + (b - a) * t;
}
inline float mix(float a, float b, float t) {
    return a + (b - a) * t;
}
inline float clamped(float v, float low = 0, float high = 1) {
    return v < low ? low : v > high ? high : v;
}
// 0 below `from`, 1 above `to`, smooth between; falls where from > to.
inline float smooth(float from, float to, float v) {
    const float t = clamped((v - from) / (to - from));
    return t * t * (3 - 2 * t);
}
// exp(-r²) of an ellipse around (cx, cy) with radii rx, ry.
inline float bump(float x, float y, float cx, float cy, float rx, float ry) {
    const float dx = (x - cx) / rx;
    const float dy = (y - cy) / ry;
    const float r = dx * dx + dy * dy;
    return r > 9 ? 0 : std::exp(-r);
}

// Integer hash to [0, 1): the finalizer of MurmurHash3 (public domain).
inline float hashed(int32_t x, int32_t y, int32_t z, uint32_t seed) {
    uint32_t h = static_cast<uint32_t>(x) * 0x8da6b343u ^ static_cast<uint32_t>(y) * 0xd8163841u ^
                 static_cast<uint32_t>(z) * 0xcb1ab31fu ^ seed * 0x9e3779b9u;
    h ^= h >> 16;
    h *= 0x85ebca6bu;
    h ^= h >> 13;
    h *= 0xc2b2ae35u;
    h ^= h >> 16;
    return static_cast<float>(h >> 8) * (1.0f / 16777216.0f);
}

// Value noise in [-1, 1] with a period of about 1.
float noise(Vec3 p, uint32_t seed);
// Sum of `octaves` of it, each twice as fine and half as strong; about [-1, 1].
float fractal(Vec3 p, int octaves, uint32_t seed);

}  // namespace understudy::media
