// SPDX-License-Identifier: GPL-3.0-or-later
// A mask correction while it is painted: levels of the part of the plate that holds all of them,
// one stroke at a time, so that a plate of any size costs what the face in it costs. Pixels and
// numbers only.
#pragma once

#include <QRect>
#include <cstdint>
#include <vector>

#include "media/align/mask_correction.h"
#include "media/align/transform.h"

class QPolygonF;

namespace understudy::ui {

class MaskPaint {
  public:
    enum class Brush { add, remove, restore };  // restore: as if nothing had been painted

    void open(int width, int height, const media::MaskCorrection& correction);
    bool isOpen() const { return width_ > 0; }
    int width() const { return width_; }
    int height() const { return height_; }
    uint8_t level(int x, int y) const {
        return part_.contains(x, y) ? levels_[placeOf(x, y)] : media::MaskCorrection::kLeave;
    }
    // Plate pixels; nothing is painted outside of it.
    const QRect& part() const { return part_; }

    void beginStroke(Brush brush);
    // Everything within `radius` (plate pixels) of the line; `softness` 0 to 1 is the share of the
    // radius over which the brush fades. Going over a place again within a stroke adds nothing.
    // Returns the pixels that may have changed.
    QRect strokeTo(media::Point from, media::Point to, double radius, double softness);
    // The inside of a polygon on the plate, its rim as soft as that of the hardest brush.
    QRect fill(const QPolygonF& outline);

    media::MaskCorrection correction() const;

  private:
    size_t placeOf(int x, int y) const {
        return static_cast<size_t>(y - part_.top()) * static_cast<size_t>(part_.width()) +
               static_cast<size_t>(x - part_.left());
    }
    void grow(const QRect& wanted);
    // By at least this much, of 255, within this stroke.
    void cover(int x, int y, uint8_t weight);

    int width_ = 0;
    int height_ = 0;
    QRect part_;
    std::vector<uint8_t> levels_;  // of the part, as the next two
    std::vector<uint8_t> base_;    // before this stroke
    std::vector<uint8_t> weight_;  // of this stroke
    Brush brush_ = Brush::add;
};

}  // namespace understudy::ui
