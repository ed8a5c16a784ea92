#include "media/frame/frame_planes.h"

#include <algorithm>

namespace understudy::media {

bool PixelRect::contains(const PixelRect& other) const {
    return other.x >= x && other.y >= y && other.x + other.width <= x + width &&
           other.y + other.height <= y + height;
}

PixelRect PixelRect::united(const PixelRect& other) const {
    if (empty() || other.empty()) {
        return empty() ? other : *this;
    }
    const int left = std::min(x, other.x);
    const int top = std::min(y, other.y);
    return {left, top, std::max(x + width, other.x + other.width) - left,
            std::max(y + height, other.y + other.height) - top};
}

PixelRect PixelRect::grown(int pixels, int pictureWidth, int pictureHeight) const {
    const int left = std::clamp(x - pixels, 0, pictureWidth);
    const int top = std::clamp(y - pixels, 0, pictureHeight);
    return {left, top, std::clamp(x + width + pixels, left, pictureWidth) - left,
            std::clamp(y + height + pixels, top, pictureHeight) - top};
}

}  // namespace understudy::media
