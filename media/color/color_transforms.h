// Between the encodings that a Frame can have. OpenColorIO does the transforms, behind this one
// class, so that another version of it can be put in its place.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "media/base/result.h"
#include "media/frame/frame.h"

namespace understudy::media {

// Rows for red, green and blue.
using Primaries = std::array<std::array<float, 3>, 3>;

// Those of the display rendering below: linear Rec.709 from ACEScg.
const Primaries& rec709FromAcescg();

// Light that is about to be mixed with other light: within what a half holds, and 0 for what is no
// number, which would take the other colours along.
inline float mixable(float light) {
    constexpr float kMostHalf = 65504;
    return light == light ? std::clamp(light, -kMostHalf, kMostHalf) : 0;
}

// scene_linear <-> acescct, without loss and for any value, negative and very bright ones included;
// scene_linear <-> srgb, bt709, bt601 as a plain display rendering (Rec.709 primaries, clipped at
// 1) for previews and movies. Scene-linear is the role of that name in $OCIO where its
// configuration can be read and connects to ACES, else ACEScg. May be used by several threads at
// once.
class ColorTransforms {
  public:
    // With the configuration that $OCIO names. Never fails: what is wrong with it is in notice().
    static ColorTransforms fromEnvironment();
    // With the configuration in `file`, or the built-in transforms alone when it is empty.
    static ColorTransforms fromConfig(const std::string& file);

    // One sentence for the user when a configuration was named and cannot be used; else empty.
    const std::string& notice() const;
    // The configuration's file, or "built-in".
    const std::string& name() const;

    // Returns f32. Alpha is kept, and the colours stay premultiplied with it. Errors: usage for an
    // encoding that is not listed above.
    Result<Image> convert(const Image& image, const ColorEncoding& from,
                          const ColorEncoding& to) const;

  private:
    struct Processors;
    ColorTransforms() = default;
    std::shared_ptr<const Processors> processors_;
};

}  // namespace understudy::media
