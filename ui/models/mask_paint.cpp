// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/mask_paint.h"

#include <algorithm>
#include <cmath>

namespace understudy::ui {
namespace {

using media::MaskCorrection;

double distanceToLine(media::Point at, media::Point from, media::Point to) {
    const media::Point along = to - from;
    const double length = along.x * along.x + along.y * along.y;
    const media::Point apart = at - from;
    const double t =
        length > 0 ? std::clamp((apart.x * along.x + apart.y * along.y) / length, 0.0, 1.0) : 0;
    return media::distance(at, from + t * along);
}

// 1 in the middle; half a pixel of the rim is always soft, so that strokes have no steps.
double weightAt(double far, double radius, double softness) {
    const double fade = std::max(1.0, softness * radius);
    const double t = std::clamp((radius + 0.5 - far) / fade, 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

uint8_t targetOf(MaskPaint::Brush brush) {
    return brush == MaskPaint::Brush::add      ? uint8_t{255}
           : brush == MaskPaint::Brush::remove ? uint8_t{0}
                                               : MaskCorrection::kLeave;
}

}  // namespace

void MaskPaint::open(int width, int height, const MaskCorrection& correction) {
    width_ = width;
    height_ = height;
    const auto pixels = static_cast<size_t>(width) * static_cast<size_t>(height);
    levels_.assign(pixels, MaskCorrection::kLeave);
    weight_.clear();
    if (correction.empty() || pixels == 0) {
        return;
    }
    // Of a plate of another size (a proxy): the nearest level.
    const MaskCorrection::Box box = correction.box();
    const std::vector<uint8_t> painted = correction.levels();
    for (int y = 0; y < height; ++y) {
        const int fromY = static_cast<int>((y + 0.5) * correction.height() / height) - box.y;
        if (fromY < 0 || fromY >= box.height) {
            continue;
        }
        for (int x = 0; x < width; ++x) {
            const int fromX = static_cast<int>((x + 0.5) * correction.width() / width) - box.x;
            if (fromX >= 0 && fromX < box.width) {
                levels_[static_cast<size_t>(y) * width + x] =
                    painted[static_cast<size_t>(fromY) * box.width + fromX];
            }
        }
    }
}

void MaskPaint::beginStroke(Brush brush) {
    brush_ = brush;
    base_ = levels_;
    weight_.assign(levels_.size(), 0);
}

QRect MaskPaint::strokeTo(media::Point from, media::Point to, double radius, double softness) {
    const double reach = radius + 1;
    const int left = std::max(0, static_cast<int>(std::floor(std::min(from.x, to.x) - reach)));
    const int top = std::max(0, static_cast<int>(std::floor(std::min(from.y, to.y) - reach)));
    const int right =
        std::min(width_ - 1, static_cast<int>(std::ceil(std::max(from.x, to.x) + reach)));
    const int bottom =
        std::min(height_ - 1, static_cast<int>(std::ceil(std::max(from.y, to.y) + reach)));
    const int target = targetOf(brush_);
    for (int y = top; y <= bottom; ++y) {
        for (int x = left; x <= right; ++x) {
            const double far = distanceToLine({x + 0.5, y + 0.5}, from, to);
            const auto weight =
                static_cast<uint8_t>(std::lround(255 * weightAt(far, radius, softness)));
            const size_t at = static_cast<size_t>(y) * width_ + x;
            if (weight <= weight_[at]) {
                continue;
            }
            weight_[at] = weight;
            const int base = base_[at];
            levels_[at] = static_cast<uint8_t>(base + (target - base) * weight / 255);
        }
    }
    return right < left || bottom < top ? QRect()
                                        : QRect(left, top, right - left + 1, bottom - top + 1);
}

MaskCorrection MaskPaint::correction() const {
    return MaskCorrection::fromLevels(width_, height_, levels_);
}

}  // namespace understudy::ui
