// SPDX-License-Identifier: GPL-3.0-or-later
// A mask correction while it is painted: levels over the whole plate, one stroke at a time. Pixels
// and numbers only.
#pragma once

#include <QRect>
#include <cstdint>
#include <vector>

#include "media/align/mask_correction.h"
#include "media/align/transform.h"

namespace understudy::ui {

class MaskPaint {
  public:
    enum class Brush { add, remove, restore };  // restore: as if nothing had been painted

    void open(int width, int height, const media::MaskCorrection& correction);
    bool isOpen() const { return width_ > 0; }
    int width() const { return width_; }
    int height() const { return height_; }
    uint8_t level(int x, int y) const {
        return levels_[static_cast<size_t>(y) * static_cast<size_t>(width_) +
                       static_cast<size_t>(x)];
    }

    void beginStroke(Brush brush);
    // Everything within `radius` (plate pixels) of the line; `softness` 0 to 1 is the share of the
    // radius over which the brush fades. Going over a place again within a stroke adds nothing.
    // Returns the pixels that may have changed.
    QRect strokeTo(media::Point from, media::Point to, double radius, double softness);

    media::MaskCorrection correction() const;

  private:
    int width_ = 0;
    int height_ = 0;
    std::vector<uint8_t> levels_;
    std::vector<uint8_t> base_;    // before this stroke
    std::vector<uint8_t> weight_;  // of this stroke
    Brush brush_ = Brush::add;
};

}  // namespace understudy::ui
