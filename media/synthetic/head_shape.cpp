#include "media/synthetic/head_shape.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace understudy::media {
namespace {

constexpr float kPi = 3.14159265f;
constexpr float kEyeZ = 5.0f;

// A tilted section of the head: front point, half-width, back point.
struct Section {
    float yFront, halfWidth, zFront, zBack, yBack;
};

// Below the chin to the crown; both ends are single points, otherwise a spike shows.
constexpr std::array<Section, 21> kSections = {{
    {-10.9f, 0.01f, 3.5f, 3.4f, -10.9f}, {-11.9f, 1.9f, 6.9f, 0.4f, -10.5f},
    {-12.0f, 3.2f, 7.9f, -1.0f, -9.6f},  {-11.3f, 4.5f, 8.3f, -2.2f, -8.6f},
    {-10.3f, 5.25f, 8.4f, -3.4f, -7.6f}, {-9.1f, 5.8f, 8.25f, -5.0f, -6.6f},
    {-7.8f, 6.2f, 8.2f, -6.8f, -5.6f},   {-6.5f, 6.5f, 8.25f, -8.2f, -4.6f},
    {-5.2f, 6.62f, 8.25f, -9.2f, -3.5f}, {-3.8f, 6.92f, 8.15f, -9.9f, -2.3f},
    {-2.4f, 7.18f, 8.0f, -10.4f, -1.0f}, {-1.0f, 7.38f, 7.9f, -10.7f, 0.2f},
    {0.4f, 7.5f, 7.95f, -10.85f, 1.4f},  {1.8f, 7.6f, 8.2f, -10.85f, 2.6f},
    {3.4f, 7.65f, 8.35f, -10.7f, 3.9f},  {5.2f, 7.6f, 8.05f, -10.3f, 5.4f},
    {7.0f, 7.2f, 7.2f, -9.5f, 7.0f},     {8.8f, 6.3f, 5.6f, -8.2f, 8.6f},
    {10.4f, 4.6f, 3.3f, -6.0f, 10.2f},   {11.4f, 2.3f, 0.6f, -3.6f, 11.2f},
    {11.7f, 0.01f, -1.4f, -1.5f, 11.7f},
}};

Section shaped(Section s, const Identity& id) {
    const float y = s.yFront;
    s.halfWidth *= 1 + 0.06f * id.faceWidth + 0.11f * id.jawWidth * smooth(-3, -8, y);
    const float lower = 1 + 0.06f * id.faceLength;
    const float upper = 1 + 0.08f * id.foreheadHeight * smooth(1, 6, y);
    for (float* height : {&s.yFront, &s.yBack}) {
        *height *= *height < 0 ? mix(1.0f, lower, smooth(-1, -5, *height)) : upper;
    }
    s.yFront -= 0.8f * id.chinLength * smooth(-8, -11.5f, y);
    s.zFront += 0.8f * id.chinForward * smooth(-8, -11, y);
    return s;
}

float cubic(float a, float b, float c, float d, float t) {
    return b + 0.5f * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

// The section at v (0 to 1 over all of them), Catmull-Rom between the table's rows.
Section sectionAt(const std::array<Section, 21>& table, float v) {
    const float place = v * (table.size() - 1);
    const int i = std::min(static_cast<int>(place), static_cast<int>(table.size()) - 2);
    const float t = place - static_cast<float>(i);
    const auto at = [&](int k) -> const Section& {
        return table[static_cast<size_t>(std::clamp(k, 0, static_cast<int>(table.size()) - 1))];
    };
    const auto value = [&](float Section::*member) {
        return cubic(at(i - 1).*member, at(i).*member, at(i + 1).*member, at(i + 2).*member, t);
    };
    return {value(&Section::yFront), std::max(0.0f, value(&Section::halfWidth)),
            value(&Section::zFront), value(&Section::zBack), value(&Section::yBack)};
}

// Denser in front, where the face is.
float azimuthOf(int column) {
    const float s = 2.0f * static_cast<float>(column) / (HeadGrid::kColumns - 1) - 1;
    const float a = std::abs(s);
    return std::copysign(kPi * (0.58f * a + 0.42f * a * a * a), s);
}

float heightOf(int row) {
    // Denser between chin and brows.
    const float u = static_cast<float>(row) / (HeadGrid::kRows - 1);
    return u + 0.055f * std::sin(2 * kPi * u);
}

Vec3 onSection(const Section& s, float azimuth, float exponent) {
    const float c = std::cos(azimuth);
    const float sn = std::sin(azimuth);
    const float power = 2 / exponent;
    const float x = std::copysign(std::pow(std::abs(sn), power), sn) * s.halfWidth;
    const float centre = (s.zFront + s.zBack) / 2;
    const float depth = (s.zFront - s.zBack) / 2;
    const float z = centre + std::copysign(std::pow(std::abs(c), power), c) * depth;
    const float back = depth > 1e-3f ? (s.zFront - z) / (2 * depth) : 0;
    return {x, mix(s.yFront, s.yBack, back), z};
}

std::vector<Vec3> baseHead(const Identity& id) {
    std::array<Section, 21> table = kSections;
    for (Section& section : table) {
        section = shaped(section, id);
    }
    std::vector<Vec3> head(HeadGrid::kVertices);
    for (int row = 0; row < HeadGrid::kRows; ++row) {
        const Section s = sectionAt(table, clamped(heightOf(row)));
        const float exponent = 2.12f + 0.3f * bump(s.yFront, 0, -2.5f, 0, 6, 1);
        for (int column = 0; column < HeadGrid::kColumns; ++column) {
            head[HeadGrid::index(row, column)] = onSection(s, azimuthOf(column), exponent);
        }
    }
    return head;
}

// Distance from (x, y) to the segment a-b.
float toSegment(float x, float y, float ax, float ay, float bx, float by) {
    const float dx = bx - ax;
    const float dy = by - ay;
    const float t = clamped(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy));
    return std::hypot(x - ax - t * dx, y - ay - t * dy);
}

// Towards the camera, in front only.
float relief(Vec3 c, const Identity& id) {
    if (c.z < 0) {
        return 0;
    }
    const float x = std::abs(c.x);
    const float y = c.y;
    const float nose = 5.2f;
    const float along = clamped((0.6f - y) / nose);
    const float ridgeHeight = mix(0.70f + 0.35f * id.noseBridge, 1.60f + 0.2f * id.noseBridge,
                                  along * along * 0.4f + along * 0.6f);
    const float ridgeWidth = mix(0.95f, 1.25f + 0.15f * id.noseWidth, along);
    // The ridge ends in the tip's ball; between the wings the underside falls back to the lip.
    float z = ridgeHeight * bump(x, 0, 0, 0, ridgeWidth, 1) * smooth(1.6f, -0.3f, y) *
              smooth(-5.5f, -4.1f, y);
    z += (0.85f + 0.15f * id.noseTip) * bump(x, y, 0, -4.55f + 0.25f * id.noseTip, 1.0f, 0.80f);
    z += (0.95f + 0.2f * id.noseWidth) *
         bump(x, y, 1.22f + 0.16f * id.noseWidth, -4.75f, 0.55f, 0.75f);
    z -= 0.30f * bump(x, y, 0.66f, -5.40f, 0.34f, 0.20f);
    z -= 0.8f * bump(x, y, 3.0f, 0.25f, 1.9f, 1.2f);
    z -= 0.5f * bump(x, y, 1.5f, 0.2f, 0.6f, 0.85f);
    z += (0.5f + 0.3f * id.browRidge) * bump(x, y, 2.9f, 1.95f, 2.5f, 0.75f);
    z += (0.45f + 0.3f * id.cheekbones) * bump(x, y, 4.8f, -2.3f, 1.8f, 1.3f);
    z += 0.55f * id.cheekFullness * bump(x, y, 4.2f, -6.0f, 1.9f, 2.2f);
    const float full = 1 + 0.45f * id.lipFullness;
    z += 0.42f * full * bump(x, y, 0.45f, -6.92f, 1.7f, 0.42f * full);
    z += 0.50f * full * bump(x, y, 0, -8.0f, 1.6f, 0.5f * full);
    z -= 0.32f * bump(x, y, 0, kMouthY, 2.5f, 0.15f);
    z -= 0.25f * bump(x, y, 2.75f, kMouthY - 0.1f, 0.5f, 0.5f);
    z -= 0.42f * bump(x, y, 0, -9.1f, 1.9f, 0.55f);
    z += 0.55f * bump(x, y, 0, -10.7f, 1.6f, 1.1f);
    z -= 0.10f * bump(x, y, 0, -6.15f, 0.28f, 0.6f);
    const float fold = toSegment(x, y, 1.75f, -4.6f, 3.3f, -7.5f);
    z -= (0.10f + 0.12f * id.age) * std::exp(-fold * fold / 0.12f);
    return z * smooth(0, 3, c.z);
}

float conforming(float dx, float dy) {
    return smooth(1.2f, 0.78f, std::hypot(dx / 2.0f, dy / 1.35f));
}

// The lids lie on the ball.
Vec3 aroundEye(Vec3 p, Vec3 eye) {
    const float dx = p.x - eye.x;
    const float dy = p.y - eye.y;
    const float w = conforming(dx, dy) * smooth(0, 3, p.z);
    if (w <= 0) {
        return p;
    }
    const float radius = kEyeballRadius + 0.12f;
    const float z = eye.z + std::sqrt(std::max(0.05f, radius * radius - dx * dx - dy * dy));
    return {p.x, p.y, mix(p.z, z, w)};
}

// Up from this height there is hair, by the angle from the front.
float hairEdge(float angle, const Identity& id) {
    const float front = 6.9f + id.hairline + 1.3f * id.temples * bump(angle, 0, 0.62f, 0, 0.2f, 1) -
                        0.3f * id.temples * bump(angle, 0, 0, 0, 0.3f, 1);
    const float side = mix(1.2f, -7.0f, id.sideLength);
    const float nape = -6.8f;
    float edge = mix(front, side, smooth(0.78f, 1.12f, angle));
    edge = mix(edge, mix(2.0f, -7.0f, id.sideLength), smooth(1.25f, 1.4f, angle));
    return mix(edge, nape, smooth(1.75f, 2.0f, angle));
}

// How far above the edge of the hair.
float intoHair(Vec3 c, const Identity& id) {
    const float angle = std::atan2(std::abs(c.x), c.z + 1.45f);
    return c.y - hairEdge(angle, id) + 0.3f * noise(c * 1.1f, id.noiseSeed);
}

float opennessAt(Vec3 c) {
    const float x = std::abs(c.x);
    const float y = c.y;
    float shut =
        0.42f * bump(x, y, 1.6f, 0.35f, 0.75f, 0.9f) +
        0.32f * bump(x, y, 3.05f, 0.9f, 1.9f, 0.75f) +
        0.12f * bump(x, y, 3.05f, -0.9f, 1.8f, 0.6f) + 0.22f * bump(x, y, 0, -5.75f, 1.3f, 0.4f) +
        0.30f * bump(x, y, 1.85f, -4.9f, 0.35f, 0.6f) + 0.35f * bump(x, y, 0, -8.95f, 1.9f, 0.5f) +
        0.30f * bump(x, y, 2.7f, kMouthY, 0.4f, 0.35f) + 0.25f * bump(x, y, 0, kMouthY, 2.3f, 0.2f);
    shut *= smooth(1, 4, c.z);
    shut += 0.65f * smooth(-11.3f, -12.3f, y);  // under the chin
    shut += 0.25f * smooth(6.3f, 7.3f, x) * bump(y, c.z, -0.5f, -0.6f, 3.2f, 2.0f);  // at the ear
    return clamped(1 - shut, 0.15f, 1);
}

float jawWeight(Vec3 c) {
    const float inside = clamped(1 - c.x * c.x / (kMouthHalfWidth * kMouthHalfWidth));
    const float away = (c.y - kMouthY) / 2.2f;
    const float apart = 0.5f * std::sqrt(inside) * std::exp(-away * away);
    const float base = smooth(-3.0f, -11.8f, c.y);
    return clamped(base + (c.y < kMouthY ? apart : -apart)) * smooth(-5, 0.5f, c.z);
}

Vec3 expressed(Vec3 p, Vec3 c, const Expression& e) {
    const float x = std::abs(c.x);
    const float side = c.x < 0 ? -1.0f : 1.0f;
    const float y = c.y;
    const float front = smooth(0, 3, c.z);
    Vec3 d;
    const float corner = bump(x, y, 2.7f, kMouthY, 1.5f, 1.3f);
    const float cheek = bump(x, y, 4.0f, -4.0f, 1.7f, 1.7f);
    d += Vec3{side * 0.5f, 0.55f, -0.30f} * (e.smile * corner);
    d += Vec3{side * 0.1f, 0.25f, 0.28f} * (e.smile * cheek);
    const float lips = bump(x, y, 0, kMouthY, 3.0f, 1.5f);
    d += Vec3{-0.32f * c.x, 0, 0.45f} * (e.pucker * lips);
    d += Vec3{0, 0.6f, 0} * (e.browRaise * bump(x, y, 3.0f, 2.3f, 3.0f, 1.3f));
    d += Vec3{-side * 0.25f, -0.35f, 0.1f} * (e.browFrown * bump(x, y, 1.5f, 1.9f, 1.2f, 1.0f));
    d += Vec3{0, 0.18f, 0.05f} * (e.squint * bump(x, y, 3.05f, -0.9f, 1.8f, 0.6f));
    p += d * front;
    return HeadShape::onJaw(p, e, jawWeight(c));
}

}  // namespace

const std::vector<Vec3>& canonicalHead() {
    static const std::vector<Vec3> head = baseHead(Identity{});
    return head;
}

float hairCover(Vec3 c, const Identity& id) {
    return smooth(-0.5f, 1.1f, intoHair(c, id));
}

float upperLid(float dx, const Identity& id, const Expression& e) {
    const float t = clamped(1 - dx * dx / (kEyeHalfWidth * kEyeHalfWidth));
    const float arch = std::pow(t, 0.62f);
    // Fuller towards the nose, as lids are.
    const float open = (0.45f + 0.09f * id.eyeOpening) * arch * (1 - 0.10f * dx);
    const float shut = -0.33f * t;
    const float raised = open + 0.08f * e.browRaise * arch;
    return mix(raised - 0.05f * e.squint * arch - 0.25f * clamped(-e.gazeY, 0, 0.6f) * arch, shut,
               e.blink) +
           0.10f * id.eyeSlant * dx / kEyeHalfWidth;
}

float lowerLid(float dx, const Identity& id, const Expression& e) {
    const float t = clamped(1 - dx * dx / (kEyeHalfWidth * kEyeHalfWidth));
    return (-0.42f - 0.04f * id.eyeOpening + 0.14f * e.squint) * std::pow(t, 0.75f) *
               (1 + 0.10f * dx) +
           0.10f * id.eyeSlant * dx / kEyeHalfWidth;
}

float mouthBand(const Expression& e) {
    return 0.012f + 0.09f * smooth(0, 0.12f, e.jawOpen);
}

float swapWeight(Vec3 c) {
    const float x = std::abs(c.x);
    // Within the jaw's outline and before the ears.
    const float outline = mix(6.7f, 6.2f, smooth(-2, -6, c.y));
    return smooth(outline, outline - 1.1f, x) * smooth(5.6f, 4.3f, c.y) * smooth(0.2f, 2.2f, c.z) *
           smooth(-12.6f, -12.2f, c.y);  // the underside of the chin too
}

HeadShape::HeadShape(const Identity& id) : rest_(baseHead(id)) {
    const auto& canonical = canonicalHead();
    openness_.resize(rest_.size());
    hair_.resize(rest_.size());
    const float eyeX = kEyeX + 0.16f * id.eyeSpacing;
    eyes_[0] = {-eyeX, 0, kEyeZ};
    eyes_[1] = {eyeX, 0, kEyeZ};
    for (size_t i = 0; i < rest_.size(); ++i) {
        const Vec3 c = canonical[i];
        Vec3& p = rest_[i];
        const float x = std::abs(c.x);
        const float side = c.x < 0 ? -1.0f : 1.0f;
        p.z += relief(c, id);
        const float front = smooth(0, 3, c.z);
        p.y += front * (-0.45f * id.noseLength * bump(x, c.y, 0, -4.9f, 1.9f, 1.4f) +
                        0.3f * id.noseTip * bump(x, c.y, 0, -4.9f, 0.9f, 0.6f));
        p.x += front * side *
               (0.28f * id.noseWidth * bump(x, c.y, 1.3f, -4.9f, 0.9f, 0.8f) +
                0.28f * id.mouthWidth * bump(x, c.y, 2.5f, kMouthY, 1.6f, 1.3f) +
                0.16f * id.eyeSpacing * bump(x, c.y, kEyeX, 0, 2.6f, 1.8f));
        p = aroundEye(p, eyes_[c.x < 0 ? 0 : 1]);
        openness_[i] = opennessAt(c);
        hair_[i] = hairCover(c, id);
        if (hair_[i] > 0) {
            const Vec3 out = normalized({c.x, c.y * 0.8f + 1.0f, c.z + 1.45f});
            const float locks = 0.22f * id.waves * noise(c * 0.9f, id.noiseSeed + 7) +
                                0.08f * noise(c * 2.6f, id.noiseSeed + 8);
            const float top = 0.45f + 0.55f * smooth(2, 8, c.y);
            // It rises slowly, so that the edge lies on the skin.
            const float thick = smooth(-0.5f, 4.5f, intoHair(c, id));
            p += out * (thick * (id.hairVolume * top + locks));
        }
    }
}

HeadShape::HeadShape(const HeadShape& destination, const HeadShape& source)
    : rest_(destination.rest_), openness_(destination.openness_), hair_(destination.hair_) {
    const auto& canonical = canonicalHead();
    for (size_t i = 0; i < rest_.size(); ++i) {
        const float w = swapWeight(canonical[i]);
        rest_[i] = mix(rest_[i], source.rest_[i], w);
        openness_[i] = mix(openness_[i], source.openness_[i], w);
        hair_[i] = mix(hair_[i], source.hair_[i], w);
    }
    eyes_[0] = source.eyes_[0];
    eyes_[1] = source.eyes_[1];
}

Vec3 HeadShape::onJaw(Vec3 p, const Expression& e, float weight) {
    constexpr float kMostOpen = 0.26f;  // radians
    const float angle = kMostOpen * e.jawOpen * weight;
    const float y = p.y + 1.5f;  // about the hinge before the ears
    const float z = p.z + 0.5f;
    const float c = std::cos(angle);
    const float s = std::sin(angle);
    return {p.x, c * y - s * z - 1.5f, s * y + c * z - 0.5f};
}

std::vector<Vec3> HeadShape::posed(const Expression& e) const {
    const auto& canonical = canonicalHead();
    std::vector<Vec3> positions(rest_.size());
    for (size_t i = 0; i < rest_.size(); ++i) {
        positions[i] = canonical[i].z > -5 ? expressed(rest_[i], canonical[i], e) : rest_[i];
    }
    return positions;
}

}  // namespace understudy::media
