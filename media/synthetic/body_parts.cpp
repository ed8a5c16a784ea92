#include "media/synthetic/body_parts.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace understudy::media {
namespace {

constexpr float kPi = 3.14159265f;

void addEar(Mesh& mesh, float side, const Identity& id) {
    constexpr int kRings = 14;
    constexpr int kSpokes = 41;
    const auto first = static_cast<uint32_t>(mesh.points.size());
    const float width = 1 + 0.06f * id.faceWidth;
    const Vec3 centre{side * 7.35f * width, -0.9f, -1.0f};
    const Vec3 up = normalized({side * 0.12f, 1, -0.22f});
    const Vec3 back = normalized({side * 0.55f, -0.1f, -0.85f});
    const Vec3 out = normalized(cross(back, up)) * (side > 0 ? -1.0f : 1.0f);
    for (int r = 0; r < kRings; ++r) {
        const float b = static_cast<float>(r) / (kRings - 1);
        for (int k = 0; k < kSpokes; ++k) {
            const float a = 2 * kPi * static_cast<float>(k) / (kSpokes - 1);
            const float sn = std::sin(a);
            const float narrow = sn < 0 ? 1 - 0.38f * sn * sn : 1 + 0.05f * sn;
            const float rim = 0.34f * bump(b, 0, 0.86f, 0, 0.13f, 1) * smooth(-0.95f, -0.2f, sn);
            const float shell = 0.62f * bump(b * std::cos(a), b * sn, -0.18f, -0.05f, 0.42f, 0.40f);
            const float fold =
                0.16f * bump(b, 0, 0.58f, 0, 0.12f, 1) * smooth(-0.3f, 0.4f, std::cos(a));
            mesh.points.push_back(
                centre + up * (3.0f * b * sn) + back * (1.72f * b * std::cos(a) * narrow + 0.25f) +
                out * (0.25f + rim + fold - shell - 0.5f * smooth(0.92f, 1.0f, b)));
            // Beyond the face, so that no feature of it is drawn here; reddish by its distance.
            mesh.canonical.push_back(Vec3{side * (9 + b), -1 + 3 * b * sn, -3});
            mesh.openness.push_back(
                clamped(0.9f - 0.75f * shell - 0.2f * bump(b, 0, 0.7f, 0, 0.1f, 1), 0.2f, 1));
        }
    }
    addGridTriangles(mesh.triangles, first, kRings, kSpokes, side > 0);
}

// An ellipsoid or, with its halves apart, a capsule from a to b.
void addCapsule(Mesh& mesh, Vec3 a, Vec3 b, float ra, float rb, float flat = 1) {
    constexpr int kRows = 17;
    constexpr int kColumns = 21;
    const auto first = static_cast<uint32_t>(mesh.points.size());
    const Vec3 axis = normalized(b - a);
    const Vec3 side = normalized(cross(axis, {0, 0, 1}));
    const Vec3 front = cross(side, axis);
    for (int r = 0; r < kRows; ++r) {
        const float t = static_cast<float>(r) / (kRows - 1);
        const float angle = kPi * (t - 0.5f);
        const bool upper = t >= 0.5f;
        const Vec3 centre = upper ? b : a;
        const float radius = upper ? rb : ra;
        for (int c = 0; c < kColumns; ++c) {
            const float around = 2 * kPi * static_cast<float>(c) / (kColumns - 1);
            const Vec3 ring = side * std::cos(around) + front * (flat * std::sin(around));
            mesh.points.push_back(centre + axis * (radius * std::sin(angle)) +
                                  ring * (radius * std::cos(angle)));
            mesh.canonical.push_back(mesh.points.back() + Vec3{40, 40, -20});
            mesh.openness.push_back(0.9f);
        }
    }
    addGridTriangles(mesh.triangles, first, kRows, kColumns, true);
}

}  // namespace

Mesh ears(const Identity& id) {
    Mesh mesh;
    addEar(mesh, -1, id);
    addEar(mesh, 1, id);
    return mesh;
}

Mesh body(const Identity& id, std::vector<float>& follow) {
    struct Ring {
        float y, halfWidth, zFront, zBack;
    };
    static constexpr std::array<Ring, 13> kRings = {{{-50, 23, 10, -13},
                                                     {-31.5f, 22.5f, 9.5f, -13},
                                                     {-24.5f, 21.5f, 8, -12.5f},
                                                     {-21, 19.8f, 6.2f, -12},
                                                     {-18.7f, 16.5f, 4.6f, -11.5f},
                                                     {-17.2f, 12.0f, 3.6f, -11},
                                                     {-16, 8.6f, 2.9f, -10.3f},
                                                     {-14.9f, 6.6f, 2.4f, -9.8f},
                                                     {-13.6f, 5.8f, 2.0f, -9.4f},
                                                     {-11.8f, 5.4f, 1.9f, -9.1f},
                                                     {-10, 5.2f, 2.2f, -8.9f},
                                                     {-7, 5.0f, 2.0f, -8.7f},
                                                     {-4, 4.6f, 1.2f, -8.4f}}};
    constexpr int kRows = 61;
    constexpr int kColumns = 73;
    Mesh mesh;
    follow.clear();
    for (int r = 0; r < kRows; ++r) {
        const float place = static_cast<float>(r) / (kRows - 1) * (kRings.size() - 1);
        const auto i = std::min(static_cast<size_t>(place), kRings.size() - 2);
        const float t = place - static_cast<float>(i);
        const Ring& low = kRings[i];
        const Ring& high = kRings[i + 1];
        const float y = mix(low.y, high.y, t);
        const float half =
            mix(low.halfWidth, high.halfWidth, t) * (1 + 0.08f * id.jawWidth * smooth(-17, -14, y));
        const float zf = mix(low.zFront, high.zFront, t);
        const float zb = mix(low.zBack, high.zBack, t);
        for (int c = 0; c < kColumns; ++c) {
            const float a = 2 * kPi * static_cast<float>(c) / (kColumns - 1) - kPi;
            Vec3 p{half * std::sin(a), y, mix(zb, zf, 0.5f + 0.5f * std::cos(a))};
            // The two muscles from the ears to the breastbone, and the hollow between them.
            const float neck = smooth(-19, -16, y) * smooth(-5, -8, y);
            const float muscle = std::abs(p.x) - mix(0.9f, 3.8f, smooth(-18, -8, y));
            p.z +=
                neck *
                (0.45f * std::exp(-muscle * muscle / 0.5f) - 0.3f * std::exp(-p.x * p.x / 0.6f)) *
                smooth(0, 2, p.z);
            mesh.points.push_back(p);
            mesh.canonical.push_back({p.x + 30, y, p.z - 30});
            // The head's shadow from above.
            mesh.openness.push_back(mix(0.85f, 0.38f, smooth(-15.5f, -11.5f, y)));
            follow.push_back(smooth(-17, -6, y));
        }
    }
    addGridTriangles(mesh.triangles, 0, kRows, kColumns, false);
    return mesh;
}

Mesh occluderMesh(const Occluder& occluder) {
    Mesh mesh;
    if (occluder.kind == Occluder::Kind::none) {
        return mesh;
    }
    if (occluder.kind == Occluder::Kind::bar) {
        addCapsule(mesh, {0, -14, 0}, {0, 9, 0}, 0.9f, 0.9f);
    } else {
        addCapsule(mesh, {0, -26, 1}, {0, -7, 0.4f}, 3.4f, 2.7f, 0.8f);    // forearm
        addCapsule(mesh, {0, -4.5f, 0}, {0, 0.5f, 0}, 3.7f, 3.9f, 0.36f);  // palm
        const float lengths[4] = {6.3f, 7.3f, 6.9f, 5.2f};
        for (int i = 0; i < 4; ++i) {
            const float x = -2.9f + 1.95f * static_cast<float>(i);
            const float lean = 0.09f * (static_cast<float>(i) - 1.5f);
            addCapsule(mesh, {x, 2.2f, 0}, {x + lean * lengths[i], 2.2f + lengths[i], -0.5f}, 0.92f,
                       0.72f);
        }
        addCapsule(mesh, {-3.1f, -3.5f, 0.3f}, {-6.0f, 1.4f, 0.7f}, 1.15f, 0.8f);
    }
    const float c = std::cos(occluder.angle);
    const float s = std::sin(occluder.angle);
    for (Vec3& p : mesh.points) {
        p = Vec3{c * p.x - s * p.y, s * p.x + c * p.y, p.z} + occluder.place;
    }
    return mesh;
}

}  // namespace understudy::media
