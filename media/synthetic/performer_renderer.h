// Pictures of procedural performers with everything that is true about them. Deterministic: the
// same arguments give the same bytes for any number of threads (not across compilers or CPUs with
// other rounding).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "media/align/landmarks.h"
#include "media/frame/image.h"
#include "media/synthetic/head_shape.h"
#include "media/synthetic/identity.h"

namespace understudy::media {

// Radians: yaw to the picture's right, pitch up, roll clockwise. Centimetres.
struct HeadPose {
    float yaw = 0;
    float pitch = 0;
    float roll = 0;
    Vec3 offset;
};

struct Lighting {
    Vec3 toKey{-0.45f, 0.5f, 0.75f};  // need not have length 1
    Vec3 key{1.75f, 1.64f, 1.50f};
    Vec3 sky{0.50f, 0.54f, 0.60f};
    Vec3 ground{0.36f, 0.31f, 0.27f};
};

// Something in front of the face: a hand, or a bar held up.
struct Occluder {
    enum class Kind : uint8_t { none, hand, bar };
    Kind kind = Kind::none;
    Vec3 place{0, -8, 13};
    float angle = 0;  // radians in the picture's plane
};

// Where the head is when the shutter opens and when it closes.
struct Shutter {
    HeadPose opened, closed;
};

// One moment before the camera.
struct Moment {
    Expression expression;
    HeadPose pose;
    Lighting lighting;
    Occluder occluder;
    float faceHeight = 0.5f;         // of the picture, chin to crown
    std::optional<Shutter> shutter;  // none: no motion blur
    uint32_t backgroundSeed = 1;
    uint32_t grainSeed = 1;  // differs from frame to frame
    float grain = 0.008f;    // deviation, of 0 to 1
};

struct RenderedFrame {
    Image picture;        // u8 RGB, sRGB
    Landmarks landmarks;  // pixels, centres at +0.5
    Image faceMask;       // u8, what a swap replaces, without what lies in front of it
    Image occluderMask;   // u8
};

// A person, or a person with another one's face, ready to be rendered. Safe to use by several
// threads at once.
class Performer {
  public:
    explicit Performer(const Identity& identity);
    // The true swap: `source`'s face on `destination`, in the tone of the destination's skin.
    Performer(const Identity& destination, const Identity& source);
    ~Performer();
    Performer(Performer&&) noexcept;

    // Width, height >= 64.
    RenderedFrame render(const Moment& moment, int width, int height) const;

  private:
    struct Private;
    std::unique_ptr<Private> private_;
};

}  // namespace understudy::media
