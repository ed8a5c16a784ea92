// One frame of a plate with what must never be lost on the way: its number, its colour encoding,
// its pixel aspect, its timecode.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "media/frame/frame_planes.h"
#include "media/frame/image.h"

namespace understudy::media {

// The plate's own number: a movie's first frame is 1, in presentation order; a sequence's is in its
// file names. Never renumbered.
using FrameNumber = int64_t;

// What the sample values mean. Names: "srgb", "bt709", "bt601" (display-referred, the movie's own
// transfer), "pq", "hlg" (high dynamic range video as it is), "scene_linear", "acescct", "raw".
inline constexpr std::array kColorEncodings = {"srgb", "bt709",        "bt601",   "pq",
                                               "hlg",  "scene_linear", "acescct", "raw"};

struct ColorEncoding {
    std::string name = "srgb";
    bool sceneLinear() const { return name == "scene_linear"; }
    bool operator==(const ColorEncoding&) const = default;
};

// What somebody says of a clip whose file does not say it, or says it wrongly: how its values are
// meant and its frames a second. Empty and 0: as the file has it.
struct ReadAs {
    std::string encoding;  // one of kColorEncodings
    double rate = 0;
    bool operator==(const ReadAs&) const = default;
};

struct Frame {
    FrameNumber number = 0;
    Image pixels;  // 3 or 4 channels (alpha premultiplied)
    ColorEncoding encoding;
    double pixelAspect = 1.0;             // width of a pixel / its height
    std::optional<std::string> timecode;  // "HH:MM:SS:FF" or "HH:MM:SS;FF"
    // Of a frame that was read as grey, where its colours can be had without decoding it again.
    std::shared_ptr<const FramePlanes> planes;
};

}  // namespace understudy::media
