#include "media/synthetic/shading.h"

#include <algorithm>
#include <cmath>

namespace understudy::media {
namespace {

constexpr float kBrowStart = 1.25f;
constexpr float kBrowLength = 3.9f;

float browMask(Vec3 c, const Identity& id, float& along) {
    const float x = std::abs(c.x);
    if (x < 0.9f || x > 5.6f || c.y < 0.9f || c.y > 4.2f || c.z < 0) {
        return 0;
    }
    along = (x - kBrowStart) / kBrowLength;
    const float t = clamped(along);
    const float middle = browMiddle(t, id);
    const float half = (0.20f + 0.30f * id.browThickness) * mix(1.0f, 0.45f, t * t) *
                       smooth(-0.12f, 0.06f, along) * smooth(1.06f, 0.86f, along);
    return half <= 0.01f ? 0 : smooth(1.15f, 0.55f, std::abs(c.y - middle) / half);
}

float beardMask(Vec3 c, bool upperLip, float amount) {
    const float x = std::abs(c.x);
    const float lips = bump(x, c.y, 0, kMouthY, 2.7f, 0.95f);
    if (upperLip) {
        // It hangs towards the corners of the mouth.
        const float y = c.y + 0.09f * x * x;
        return smooth(3.6f, 2.0f, x) * smooth(-5.5f, -5.9f, y) * smooth(-7.1f, -6.6f, y);
    }
    const float chin = smooth(-7.9f, -9.0f, c.y + 0.25f * x - 0.2f);
    const float jaw = smooth(4.0f, 5.6f, x) * smooth(-3.0f, -5.5f, c.y);
    // A full one meets the moustache along a line from the sideburns to the mouth.
    const float full =
        smooth(0.5f, 0.9f, amount) * smooth(0.5f, -0.7f, c.y + 3.0f + 1.0f * std::abs(5.6f - x));
    const float front = smooth(-3.5f, -0.5f, c.z);
    return clamped(std::max({chin, jaw, full}) - 1.2f * lips) * front;
}

float lipMask(Vec3 c, const Identity& id) {
    const float x = std::abs(c.x) / kLipHalfWidth;
    if (x >= 1 || c.z < 2) {
        return 0;
    }
    const float top = lipTop(x, id);
    const float bottom = lipBottom(x, id);
    return smooth(top + 0.07f, top - 0.10f, c.y) * smooth(bottom - 0.10f, bottom + 0.10f, c.y);
}

// Lashes, crease and liner by the distance to the lids' edges.
float eyeLines(Vec3 c, const Identity& id, const Expression& e) {
    const float dx = std::abs(c.x) - kEyeX;
    if (std::abs(dx) > 1.75f || std::abs(c.y) > 1.6f || c.z < 1) {
        return 0;
    }
    const float inside = clamped(dx, -kEyeHalfWidth, kEyeHalfWidth);
    const float above = c.y - upperLid(inside, id, e);
    const float below = lowerLid(inside, id, e) - c.y;
    const float ends = smooth(1.62f, 1.2f, std::abs(dx));
    const float lashes = above > -0.02f ? 0.85f * smooth(0.15f, 0.02f, above) : 0;
    const float lower = below > -0.02f ? 0.35f * smooth(0.12f, 0.0f, below) : 0;
    const float creaseAt = 0.34f + 0.20f * clamped(1 - dx * dx / 2.4f) - 0.25f * e.blink;
    const float crease = 0.35f * std::exp(-(above - creaseAt) * (above - creaseAt) / 0.006f);
    return clamped(std::max(lashes, lower) + crease) * ends;
}

}  // namespace

Surface mix(const Surface& a, const Surface& b, float t) {
    return {mix(a.color, b.color, t), mix(a.gloss, b.gloss, t), mix(a.sharpness, b.sharpness, t),
            mix(a.scatter, b.scatter, t), mix(a.bumps, b.bumps, t)};
}

float browX(float along) {
    return kBrowStart + kBrowLength * along;
}

float browMiddle(float t, const Identity& id) {
    const float arch = 0.55f + 0.35f * id.browArch;
    return 1.78f + 0.28f * id.browHeight + arch * 0.62f * (1 - (t - 0.62f) * (t - 0.62f) * 3.2f);
}

float lipTop(float x, const Identity& id) {
    const float dip = 0.13f * bump(x * kLipHalfWidth, 0, 0, 0, 0.38f, 1);
    return kMouthY + 0.62f * (1 + 0.4f * id.lipFullness) * std::sqrt(1 - x * x) * (1 - 0.18f * x) -
           dip;
}

float lipBottom(float x, const Identity& id) {
    return kMouthY - 0.88f * (1 + 0.4f * id.lipFullness) * std::sqrt(1 - x * x);
}

Surface skinAt(Vec3 c, const Identity& id, const Expression& e, float fine) {
    Surface s;
    s.scatter = 1;
    const float x = std::abs(c.x);
    const float front = smooth(-1, 3, c.z);
    const uint32_t seed = id.noiseSeed;

    // Blood where it shows, and blotches everywhere.
    const float blood =
        (0.9f * bump(x, c.y, 4.0f, -3.4f, 2.0f, 1.7f) + 0.8f * bump(x, c.y, 0, -4.6f, 1.3f, 1.1f) +
         0.5f * bump(x, c.y, 0, -10.5f, 1.6f, 1.2f) +
         0.5f * bump(x, c.y, 3.1f, -1.1f, 1.6f, 0.7f)) *
        front * id.redness;
    const float blotch = fractal(c * 0.55f, 3, seed + 11);
    const float mottle = fractal(c * 2.3f, 2, seed + 13);
    Vec3 color = id.skin;
    color = color * (1 + 0.07f * blotch + 0.05f * mottle);
    color = color * mix(Vec3{1, 1, 1}, Vec3{1.06f, 0.80f, 0.78f}, clamped(blood));
    // Thin skin around the eyes, oil on forehead and nose.
    const float hollow = bump(x, c.y, 2.6f, -1.25f, 1.4f, 0.5f) * front;
    color = color * mix(Vec3{1, 1, 1}, Vec3{0.84f, 0.80f, 0.84f}, hollow * (0.4f + 0.6f * id.age));
    const float oily = 0.6f * bump(x, c.y, 0, 5.0f, 3.5f, 2.0f) +
                       0.8f * bump(x, c.y, 0, -3.6f, 1.2f, 2.0f) +
                       0.35f * bump(x, c.y, 3.8f, -2.4f, 1.4f, 1.0f);
    s.gloss = (0.16f + 0.28f * clamped(oily)) * (0.5f + id.shine);
    s.sharpness = 14 + 14 * clamped(oily);

    // Marks.
    if (fine > 0.05f) {
        const float spots = noise(c * 5.2f, seed + 17);
        const float where = clamped(0.5f + fractal(c * 0.6f, 2, seed + 19));
        color = color * (1 - 0.33f * id.freckles * fine * smooth(0.42f, 0.7f, spots) * where *
                                 smooth(7, 3, std::abs(c.y + 1.5f)) * front);
        const float pores = noise(c * 9.5f, seed + 23);
        color = color * (1 + 0.045f * fine * pores);
        const float rough = 0.16f * fine * (1 + 0.4f * id.age);
        s.bumps = {rough * noise(c * 6.0f, seed + 29), rough * noise(c * 6.0f, seed + 31), 0};
    }
    for (int i = 0; i < 3; ++i) {
        if (hashed(i, 1, 0, seed) > id.moles) {
            continue;
        }
        const float mx = -5 + 10 * hashed(i, 2, 0, seed);
        const float my = -9.5f + 13 * hashed(i, 3, 0, seed);
        const float size = 0.10f + 0.12f * hashed(i, 4, 0, seed);
        color = color * (1 - 0.6f * bump(c.x, c.y, mx, my, size, size) * front);
    }

    // Lines of age on the forehead and beside the eyes.
    if (id.age > 0.3f) {
        const float lines = 0.5f + 0.5f * std::sin(c.y * 7.5f + 1.2f * noise(c * 0.7f, seed + 37));
        const float brow = bump(x, c.y, 0, 5.0f, 4.5f, 1.1f) * (0.15f + 0.85f * e.browRaise);
        s.bumps.y += 0.35f * (id.age - 0.2f) * brow * (lines - 0.5f) * front;
        const float rays = std::sin(8 * std::atan2(c.y + 0.1f, x - 3.9f));
        s.bumps.y += 0.3f * id.age * (0.3f + e.smile) * rays * bump(x, c.y, 5.1f, 0, 0.8f, 1.0f);
    }

    const float lips = lipMask(c, id);
    if (lips > 0) {
        const float grooves = noise({c.x * 6, c.y * 1.2f, 0}, seed + 41);
        color = mix(color, id.lips * (1 + 0.10f * grooves), 0.85f * lips);
        s.gloss = mix(s.gloss, 0.42f, lips);
        s.sharpness = mix(s.sharpness, 34.0f, lips);
    }
    // The line between the lips and the nostrils are dark whatever the light.
    color = color * (1 - 0.55f * bump(c.x, c.y, 0, kMouthY, 2.45f, 0.13f) * front);
    color = color * (1 - 0.80f * bump(x, c.y, 0.70f, -5.38f, 0.30f, 0.17f) * front);

    // Beard: a shadow of the stubble's colour, whose grain shows when it is longer.
    for (const bool upper : {false, true}) {
        const float amount = upper ? id.moustache : id.beard;
        if (amount <= 0) {
            continue;
        }
        const float mask = beardMask(c, upper, amount);
        if (mask <= 0) {
            continue;
        }
        const float strands = noise({c.x * 11, c.y * 4.5f, c.z * 11}, seed + 43);
        const float patch = clamped(0.75f + 0.5f * fractal(c * 1.1f, 2, seed + 47));
        // A shadow lets the skin through, a full beard does not.
        const float dense = amount * (1 + 0.7f * smooth(0.5f, 0.9f, amount));
        const float cover = clamped(mask * patch * dense * (0.8f + 0.4f * strands * fine));
        color = mix(color, id.hair * 1.2f + Vec3{0.012f, 0.012f, 0.014f}, 0.92f * cover);
        s.gloss *= 1 - 0.7f * cover;
        s.bumps += Vec3{strands, 0, 0} * (0.3f * cover * fine);
    }
    float along = 0;
    if (const float brow = browMask(c, id, along); brow > 0) {
        // Hairs stand up at the nose and lie down towards the temple.
        const float lean = mix(0.4f, 1.7f, clamped(along));
        const float side = std::abs(c.x);
        const float strands =
            noise({(side - lean * (c.y - 2)) * 7, (c.y + lean * side) * 1.6f, 0}, seed + 53);
        const float cover = brow * clamped(0.72f + 0.55f * strands);
        color = mix(color, id.brows, 0.9f * clamped(cover));
        s.gloss *= 1 - 0.8f * clamped(cover);
    }
    const float lines = eyeLines(c, id, e);
    color = mix(color, id.brows * 0.6f, lines);
    s.color = color;
    return s;
}

Surface hairAt(Vec3 c, const Identity& id) {
    Surface s;
    // Strands run from the parting down and back.
    const float across = std::atan2(c.x - 1.5f * id.parting, c.z + 3.0f);
    const float bend = id.waves * 0.5f * noise(c * 0.6f, id.noiseSeed + 61);
    const float lane = across * 16 + bend * 6 + 0.25f * c.y;
    const float strands = noise({lane * 2.6f, c.y * 0.35f, 0}, id.noiseSeed + 63);
    const float locks = noise({lane * 0.55f, c.y * 0.22f, c.z * 0.2f}, id.noiseSeed + 67);
    s.color = id.hair * (1 + 0.35f * strands + 0.4f * locks);
    s.gloss = 0.20f * clamped(0.6f + strands);
    s.sharpness = 18;
    s.scatter = 0.25f;
    s.bumps = {0.55f * locks + 0.3f * strands, 0.15f * locks, 0.2f * strands};
    return s;
}

Surface earAt(Vec3 c, const Identity& id, const Expression& e, float fine) {
    if (id.sideLength > 0.45f) {  // under the hair
        return hairAt({c.x * 0.8f, c.y, c.z}, id);
    }
    Surface s = skinAt(c, id, e, fine);
    s.color = s.color * mix(Vec3{1, 1, 1}, Vec3{1.05f, 0.80f, 0.76f}, id.redness);
    return s;
}

Surface mouthAt(Vec3 from, Vec3 direction, const Expression& e, Vec3& normal, float& openness) {
    constexpr float kAcross = 2.75f, kDeep = 3.0f, kCentre = 4.55f;
    const auto wet = [](Vec3 color) {
        Surface s;
        s.color = color;
        s.gloss = 0.35f;
        s.sharpness = 60;
        return s;
    };
    const auto meets = [&](Vec3 o, Vec3 d, Vec3& at) {
        const float a = d.x * d.x / (kAcross * kAcross) + d.z * d.z / (kDeep * kDeep);
        const float oz = o.z - kCentre;
        const float b = o.x * d.x / (kAcross * kAcross) + oz * d.z / (kDeep * kDeep);
        const float c = o.x * o.x / (kAcross * kAcross) + oz * oz / (kDeep * kDeep) - 1;
        const float root = b * b - a * c;
        if (root < 0) {
            return false;
        }
        at = o + d * ((-b - std::sqrt(root)) / a);
        return true;
    };
    const auto tooth = [&](Vec3 at, float width) {
        const float gap = std::abs(at.x / width - std::floor(at.x / width + 0.5f));
        return Vec3{0.50f, 0.46f, 0.38f} * (1 - 0.45f * bump(gap, 0, 0, 0, 0.07f, 1));
    };
    Vec3 at;
    if (meets(from, direction, at) && at.y > -7.85f && at.y < -6.2f) {
        normal =
            normalized({at.x / (kAcross * kAcross), 0.05f, (at.z - kCentre) / (kDeep * kDeep)});
        openness = 0.75f * smooth(2.6f, 0.6f, std::abs(at.x)) + 0.15f;
        return wet(at.y > -6.55f ? Vec3{0.25f, 0.10f, 0.09f} : tooth(at, 0.80f));
    }
    Expression closed = e;
    closed.jawOpen = -e.jawOpen;
    const Vec3 o = HeadShape::onJaw(from, closed);
    const Vec3 d = HeadShape::onJaw(from + direction, closed) - o;
    if (meets(o, d, at) && at.y > -9.2f && at.y < -7.78f) {
        normal = normalized({at.x / (kAcross * kAcross), 0.1f, (at.z - kCentre) / (kDeep * kDeep)});
        openness = 0.40f * smooth(2.6f, 0.6f, std::abs(at.x)) + 0.08f;
        return wet(tooth(at, 0.56f) * 0.85f);
    }
    // The tongue lies behind the lower teeth, above it is the dark.
    const Vec3 middle = o + d * ((4.2f - o.z) / d.z);
    const float tongue = smooth(-6.5f, -7.3f, middle.y) * smooth(3.4f, 2.2f, std::abs(middle.x));
    normal = {0, 0.6f, 0.8f};
    openness = mix(0.12f, 0.45f, tongue);
    return wet(mix(Vec3{0.12f, 0.034f, 0.030f}, Vec3{0.36f, 0.15f, 0.14f}, tongue));
}

Surface eyeAt(Vec3 d, const Identity& id, const Expression& e, float lid) {
    Surface s;
    const Vec3 gaze = normalized({std::sin(e.gazeX), std::sin(e.gazeY), 1});
    const float angle = std::acos(clamped(dot(d, gaze), -1, 1));
    const float size = 1 + 0.06f * id.eyeSize;
    const float iris = 0.395f * size;  // radians
    const float pupil = 0.150f;
    const Vec3 local = d - gaze * dot(d, gaze);
    const float around = std::atan2(local.y, local.x);
    const float rays = noise({around * 5, angle * 14, 3}, id.noiseSeed + 71);
    Vec3 color = Vec3{0.58f, 0.53f, 0.50f};  // never white
    color = color * (1 - 0.10f * clamped(fractal(d * 7, 2, id.noiseSeed + 73) * 2));
    const Vec3 colored =
        id.iris * (1.15f + 0.55f * rays) * mix(1.25f, 0.75f, smooth(pupil, iris, angle));
    color = mix(colored, color, smooth(iris - 0.025f, iris + 0.03f, angle));
    color = color * (1 - 0.65f * bump(angle, 0, iris, 0, 0.045f, 1));  // the ring around it
    color = mix(Vec3{0.004f, 0.004f, 0.004f}, color, smooth(pupil - 0.02f, pupil + 0.02f, angle));
    s.color = color * mix(0.40f, 1.0f, smooth(0.0f, 0.38f, lid));
    s.gloss = 1.6f;
    s.sharpness = 340;
    return s;
}

Vec3 shade(const Surface& s, Vec3 normal, Vec3 toViewer, const Lighting& light, float lit,
           float openness) {
    const Vec3 n = normalized(normal + s.bumps);
    const Vec3 l = normalized(light.toKey);
    const float facing = dot(n, l);
    // Wrapped diffuse: skin passes red light around the edge of a shadow, blue hardly.
    const auto wrapped = [&](float wrap) {
        const float w = wrap * s.scatter;
        return std::max(0.0f, (facing + w) / (1 + w));
    };
    const float soft = mix(lit, std::sqrt(lit), 0.5f * s.scatter);
    Vec3 received =
        light.key * Vec3{wrapped(0.30f) * soft, wrapped(0.14f) * lit, wrapped(0.10f) * lit};
    // Light that bounces between skin is redder where less sky is seen.
    const Vec3 around = mix(light.ground, light.sky, 0.5f + 0.5f * n.y);
    const Vec3 open{std::pow(openness, 1 - 0.35f * s.scatter), openness, openness};
    received += around * open;
    Vec3 out = s.color * received;
    const Vec3 half = normalized(l + toViewer);
    const float grazing = std::pow(1 - clamped(dot(n, toViewer)), 5.0f);
    const float highlight =
        std::pow(clamped(dot(n, half)), s.sharpness) * (s.sharpness + 8) / 25 * lit;
    out += light.key * (s.gloss * 0.11f * clamped(facing * 4) * highlight * (1 + 3 * grazing));
    out += around * (s.gloss * 0.22f * openness * (0.12f + 0.9f * grazing));
    return out;
}

}  // namespace understudy::media
