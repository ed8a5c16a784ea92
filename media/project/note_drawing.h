// What a supervisor draws over a picture: strokes, arrows and words, as vectors. Points are in
// parts of the picture (0,0 its upper left corner, 1,1 its lower right one), so that a drawing fits
// a proxy as well as the plate; they may lie outside it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::media {

struct DrawingPoint {
    float x = 0;  // of the picture's width
    float y = 0;  // of the picture's height
    bool operator==(const DrawingPoint&) const = default;
};

struct DrawingMark {
    enum class Kind : uint8_t { freehand = 0, arrow = 1, text = 2 };

    Kind kind = Kind::freehand;
    std::array<uint8_t, 3> color = {255, 255, 255};  // sRGB
    float width = 0.004f;  // of the line, in picture heights; letters are eight times as high
    // Of an arrow its tail and its tip; of words the left end of their first line's middle.
    std::vector<DrawingPoint> points;
    std::string text;  // UTF-8, may have several lines
    bool operator==(const DrawingMark&) const = default;
};

struct NoteDrawing {
    static constexpr size_t kMostMarks = 10'000;
    static constexpr size_t kMostPoints = 1'000'000;  // of all marks together
    static constexpr size_t kMostText = 4096;         // bytes of a mark
    static constexpr float kFarthest = 100;           // of any coordinate

    std::vector<DrawingMark> marks;

    bool empty() const { return marks.empty(); }
    // Whether it keeps to the limits above and every mark has the points it needs. Errors: usage.
    Status check() const;
    std::vector<std::byte> bytes() const;
    // What bytes() gave. Errors: corruptData.
    static Result<NoteDrawing> fromBytes(std::span<const std::byte> bytes);
    bool operator==(const NoteDrawing&) const = default;
};

}  // namespace understudy::media
