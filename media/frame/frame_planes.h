// Colours of a frame that are not made into pixels yet, and parts of pictures: whoever needs only
// what lies around a face keeps that and pays for no more.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "media/frame/image.h"

namespace understudy::media {

// In whole pixels.
struct PixelRect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;

    bool empty() const { return width <= 0 || height <= 0; }
    bool contains(const PixelRect& other) const;
    // The smallest one around both; an empty one does not count.
    PixelRect united(const PixelRect& other) const;
    // By `pixels` on every side, within a picture of this size.
    PixelRect grown(int pixels, int pictureWidth, int pictureHeight) const;
    bool operator==(const PixelRect&) const = default;
};

// Part of a larger picture.
struct PicturePart {
    Image pixels;
    int x = 0;  // where it lies in the whole
    int y = 0;
    int wholeWidth = 0;
    int wholeHeight = 0;

    static PicturePart whole(Image image) {
        const int width = image.width();
        const int height = image.height();
        return {std::move(image), 0, 0, width, height};
    }
};

// A part of a frame as its codec left it. Immutable, as the next one is; any thread may use them.
class FramePart {
  public:
    virtual ~FramePart() = default;
    virtual size_t bytes() const = 0;
    // What was cut.
    virtual PixelRect rect() const = 0;
    // Inside rect() exactly what the source gives for the whole frame. What is there beyond it must
    // not be used.
    virtual PicturePart colors() const = 0;
};

// A whole frame as its codec left it.
class FramePlanes {
  public:
    virtual ~FramePlanes() = default;
    virtual size_t bytes() const = 0;
    // A copy of what lies in `rect`, which is not empty and lies inside the frame.
    virtual std::shared_ptr<const FramePart> cut(const PixelRect& rect) const = 0;
};

}  // namespace understudy::media
