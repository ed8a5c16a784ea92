#include "media/synthetic/identity.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/base/philox.h"
#include "media/synthetic/film.h"

namespace understudy::media {
namespace {

struct Tones {
    Vec3 skin;
    Vec3 lips;
};

// Linear reflectances from fair to dark, after published skin measurements' order of magnitude:
// red falls slower than green and blue as melanin grows.
constexpr std::array<Tones, 6> kTones = {{
    {{0.62f, 0.40f, 0.30f}, {0.48f, 0.20f, 0.18f}},
    {{0.55f, 0.34f, 0.24f}, {0.43f, 0.18f, 0.16f}},
    {{0.47f, 0.28f, 0.18f}, {0.37f, 0.16f, 0.13f}},
    {{0.36f, 0.20f, 0.12f}, {0.28f, 0.12f, 0.10f}},
    {{0.23f, 0.12f, 0.07f}, {0.19f, 0.08f, 0.07f}},
    {{0.14f, 0.07f, 0.045f}, {0.13f, 0.055f, 0.05f}},
}};

constexpr std::array<Vec3, 6> kHair = {{
    {0.010f, 0.008f, 0.007f},
    {0.035f, 0.020f, 0.012f},
    {0.075f, 0.043f, 0.022f},
    {0.200f, 0.130f, 0.065f},
    {0.140f, 0.045f, 0.016f},
    {0.260f, 0.250f, 0.240f},
}};

constexpr std::array<Vec3, 5> kIris = {{
    {0.050f, 0.024f, 0.010f},
    {0.100f, 0.055f, 0.022f},
    {0.090f, 0.095f, 0.040f},
    {0.080f, 0.150f, 0.230f},
    {0.130f, 0.165f, 0.180f},
}};

// Two uniform numbers added, so that extremes are rarer: -1.25 to 1.25.
float around(RandomSequence& random) {
    return static_cast<float>(1.25 * (random.uniform() + random.uniform() - 1));
}

float brightness(Vec3 color) {
    return std::log(0.2f * color.x + 0.7f * color.y + 0.1f * color.z);
}

// How bright it looks in a picture that is exposed for `skin`, 0 to about 1.
float shown(Vec3 color, Vec3 skin) {
    return std::sqrt(exposureFor(skin) * (0.2f * color.x + 0.7f * color.y + 0.1f * color.z));
}

// How well two people of one cast are told apart, one's face on the other's skin.
float contrast(const Identity& a, const Identity& b) {
    constexpr float kShade = 0.35f;
    const float unlikeSkin = std::abs(brightness(a.skin) - brightness(b.skin));
    const Vec3 skin = mix(a.skin, b.skin, 0.5f);
    // Where a beard is as light as the skin it tells nothing.
    const auto beard = [&](const Identity& id) {
        return id.beard * (shown(skin, skin) - shown(id.hair, skin));
    };
    const auto brows = [&](const Identity& id) {
        return id.browThickness * (shown(skin, skin) - shown(id.brows, skin));
    };
    const float build = std::abs(a.faceLength - b.faceLength) +
                        std::abs(a.chinLength - b.chinLength) + std::abs(a.jawWidth - b.jawWidth) +
                        std::abs(a.browHeight - b.browHeight);
    return 14 * std::abs(beard(a) - beard(b)) + 6 * std::abs(brows(a) - brows(b)) + 0.4f * build +
           0.4f * std::abs(brightness(a.hair) - brightness(b.hair)) +
           0.5f * std::abs(a.age - b.age) + 0.2f * std::abs(a.eyeOpening - b.eyeOpening) +
           0.2f * std::abs(a.noseWidth - b.noseWidth) +
           0.2f * std::abs(a.lipFullness - b.lipFullness) -
           8 * std::max(0.0f, std::abs(unlikeSkin - kShade) - 0.1f);
}

}  // namespace

Identity identityOf(uint64_t seed) {
    RandomSequence random({seed, 0, 0, RandomStream::identity});
    const auto unit = [&random] { return static_cast<float>(random.uniform()); };
    Identity made;
    made.noiseSeed = random.next();
    for (float* shape :
         {&made.faceWidth,   &made.faceLength, &made.jawWidth,      &made.chinLength,
          &made.chinForward, &made.cheekbones, &made.cheekFullness, &made.foreheadHeight,
          &made.browRidge,   &made.noseLength, &made.noseWidth,     &made.noseBridge,
          &made.noseTip,     &made.mouthWidth, &made.lipFullness,   &made.eyeSpacing,
          &made.eyeOpening,  &made.eyeSlant,   &made.eyeSize,       &made.browHeight,
          &made.browArch}) {
        *shape = around(random);
    }
    const bool beardGrows = random.chance(0.55);
    const float tone = unit() * (kTones.size() - 1.001f);
    const auto below = static_cast<size_t>(tone);
    const float part = tone - static_cast<float>(below);
    made.skin = mix(kTones[below].skin, kTones[below + 1].skin, part);
    made.lips = mix(kTones[below].lips, kTones[below + 1].lips, part);
    made.redness = 0.25f + 0.6f * unit();
    made.freckles = tone < 1.5f && random.chance(0.5) ? unit() : 0.1f * unit();
    made.shine = 0.3f + 0.6f * unit();
    made.age = unit();
    made.beard = beardGrows ? (random.chance(0.35) ? 0.6f + 0.4f * unit() : 0.45f * unit()) : 0;
    made.moustache = beardGrows ? std::max(made.beard, random.chance(0.15) ? 0.8f : 0.0f) : 0;
    made.moles = unit();

    const size_t colors = tone > 2.5f ? 2 : kHair.size();
    made.hair = kHair[random.below(static_cast<uint32_t>(colors))];
    if (made.age > 0.75f && random.chance(0.6)) {
        made.hair = mix(made.hair, kHair.back(), 0.5f + 0.4f * unit());
    }
    made.hairVolume = 0.35f + 1.1f * unit();
    made.hairline = 0.5f * around(random) + (beardGrows && made.age > 0.5f ? 0.7f : 0.0f);
    made.temples = beardGrows ? unit() : 0.3f * unit();
    made.sideLength = beardGrows ? 0.15f * unit() : 0.3f + 0.7f * unit();
    made.parting = around(random);
    made.waves = unit();
    made.browThickness = (beardGrows ? 0.45f : 0.2f) + 0.5f * unit();
    made.brows = mix(made.hair, Vec3{0.03f, 0.02f, 0.014f}, 0.45f);
    made.iris = kIris[random.below(tone > 2.2f ? 2 : static_cast<uint32_t>(kIris.size()))];
    const float shade = 0.03f + 0.28f * unit() * unit();
    made.clothes = Vec3{shade, shade, shade} * 0.7f +
                   Vec3{0.3f * shade * unit(), 0.3f * shade * unit(), 0.3f * shade * unit()};
    return made;
}

std::vector<Identity> castOf(uint64_t seed, int count) {
    constexpr uint64_t kCandidates = 160;
    // Far apart for neighbouring seeds: a multiple of 2^64 / golden ratio.
    const uint64_t first = seed * 0x9e3779b97f4a7c15u;
    std::vector<Identity> candidates;
    for (uint64_t i = 0; i < kCandidates + static_cast<uint64_t>(count); ++i) {
        candidates.push_back(identityOf(first + i));
    }
    // The two who differ most, then whoever differs most from all before.
    std::vector<size_t> cast = {0, 1};
    float most = -1e30f;
    for (size_t i = 0; i < candidates.size(); ++i) {
        for (size_t j = i + 1; j < candidates.size(); ++j) {
            if (const float c = contrast(candidates[i], candidates[j]); c > most) {
                most = c;
                cast = {i, j};
            }
        }
    }
    while (cast.size() < static_cast<size_t>(count)) {
        const auto least = [&](const Identity& candidate) {
            float value = 1e30f;
            for (const size_t other : cast) {
                value = std::min(value, contrast(candidate, candidates[other]));
            }
            return value;
        };
        size_t best = 0;
        float bestContrast = -1e30f;
        for (size_t i = 0; i < candidates.size(); ++i) {
            const bool taken = std::find(cast.begin(), cast.end(), i) != cast.end();
            if (const float c = least(candidates[i]); !taken && c > bestContrast) {
                bestContrast = c;
                best = i;
            }
        }
        cast.push_back(best);
    }
    std::vector<Identity> people;
    for (size_t k = 0; k < static_cast<size_t>(count); ++k) {
        people.push_back(candidates[cast[k]]);
    }
    return people;
}

Identity inToneOf(const Identity& source, const Identity& other) {
    Identity toned = source;
    toned.skin = other.skin;
    toned.lips = other.lips;
    return toned;
}

}  // namespace understudy::media
