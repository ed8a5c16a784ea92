// Who a rendered performer is: numbers that shape and colour a head, drawn from a seed so that two
// people are told apart at a glance.
#pragma once

#include <cstdint>
#include <vector>

#include "media/synthetic/vec.h"

namespace understudy::media {

// Lengths in centimetres; shape values are about -1 to 1 around the mean head unless said.
struct Identity {
    uint32_t noiseSeed = 0;  // of marks, hair and skin

    // Shape.
    float faceWidth = 0;
    float faceLength = 0;
    float jawWidth = 0;
    float chinLength = 0;
    float chinForward = 0;
    float cheekbones = 0;
    float cheekFullness = 0;
    float foreheadHeight = 0;
    float browRidge = 0;
    float noseLength = 0;
    float noseWidth = 0;
    float noseBridge = 0;
    float noseTip = 0;  // turned up above 0
    float mouthWidth = 0;
    float lipFullness = 0;
    float eyeSpacing = 0;
    float eyeOpening = 0;
    float eyeSlant = 0;
    float eyeSize = 0;

    // Skin, linear RGB reflectance.
    Vec3 skin{0.5f, 0.3f, 0.2f};
    float redness = 0.5f;  // 0 to 1: cheeks, nose, ears
    float freckles = 0;    // 0 to 1
    float shine = 0.5f;    // 0 to 1
    float age = 0.3f;      // 0 to 1: folds and lines
    float beard = 0;       // 0: none, to 0.5 shadow, to 1 full
    float moustache = 0;   // the same
    Vec3 lips{0.4f, 0.15f, 0.14f};
    float moles = 0;  // 0 to 1

    // Hair.
    Vec3 hair{0.05f, 0.03f, 0.02f};
    float hairVolume = 0.7f;     // centimetres above the skull
    float hairline = 0;          // centimetres higher than the mean
    float temples = 0;           // 0 to 1: how far the corners recede
    float sideLength = 0;        // 0: above the ears, 1: to the jaw
    float parting = 0;           // -1 to 1
    float waves = 0.3f;          // 0 to 1
    float browThickness = 0.5f;  // 0 to 1
    float browHeight = 0;
    float browArch = 0;
    Vec3 brows{0.05f, 0.03f, 0.02f};

    Vec3 iris{0.1f, 0.2f, 0.3f};
    Vec3 clothes{0.2f, 0.2f, 0.25f};
};

// The same seed gives the same person, everywhere. Neighbouring seeds differ as much as distant
// ones.
Identity identityOf(uint64_t seed);

// `count` people for one production: their skins a shade apart, not day and night, and otherwise as
// different from each other as a choice among many allows.
std::vector<Identity> castOf(uint64_t seed, int count);

// `source` in the tones of skin and lips of `other`: the face of a swap belongs to the neck and
// ears that it is put on, and what a swap does to its colours should be just that.
Identity inToneOf(const Identity& source, const Identity& other);

}  // namespace understudy::media
