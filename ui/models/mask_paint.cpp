// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/mask_paint.h"

#include <QImage>
#include <QPainter>
#include <QPolygonF>
#include <algorithm>
#include <cmath>

namespace understudy::ui {
namespace {

using media::MaskCorrection;

constexpr int kSpare = 128;  // plate pixels

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
    part_ = {};
    levels_.clear();
    base_.clear();
    weight_.clear();
    if (correction.empty() || width == 0 || height == 0) {
        return;
    }
    // Of a plate of another size (a proxy): the nearest level.
    const MaskCorrection::Box box = correction.box();
    const double across = static_cast<double>(width) / correction.width();
    const double down = static_cast<double>(height) / correction.height();
    grow(QRectF(box.x * across, box.y * down, box.width * across, box.height * down)
             .toAlignedRect());
    const std::vector<uint8_t> painted = correction.levels();
    for (int y = part_.top(); y <= part_.bottom(); ++y) {
        const int fromY = static_cast<int>((y + 0.5) / down) - box.y;
        if (fromY < 0 || fromY >= box.height) {
            continue;
        }
        for (int x = part_.left(); x <= part_.right(); ++x) {
            const int fromX = static_cast<int>((x + 0.5) / across) - box.x;
            if (fromX >= 0 && fromX < box.width) {
                levels_[placeOf(x, y)] = painted[static_cast<size_t>(fromY) * box.width + fromX];
            }
        }
    }
}

// The part holds what is wanted, and some more, so that a stroke does not grow it at each step.
void MaskPaint::grow(const QRect& wanted) {
    const QRect plate(0, 0, width_, height_);
    if (part_.contains(wanted & plate)) {
        return;
    }
    const QRect before = part_;
    part_ = part_.united(wanted.adjusted(-kSpare, -kSpare, kSpare, kSpare)) & plate;
    const auto moved = [&](std::vector<uint8_t>& values, uint8_t empty) {
        std::vector<uint8_t> grown(
            static_cast<size_t>(part_.width()) * static_cast<size_t>(part_.height()), empty);
        for (int y = before.top(); !values.empty() && y <= before.bottom(); ++y) {
            std::copy_n(
                values.begin() + static_cast<std::ptrdiff_t>(y - before.top()) * before.width(),
                before.width(),
                grown.begin() + static_cast<std::ptrdiff_t>(placeOf(before.left(), y)));
        }
        values = std::move(grown);
    };
    moved(levels_, MaskCorrection::kLeave);
    moved(base_, MaskCorrection::kLeave);
    moved(weight_, 0);
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
    if (right < left || bottom < top) {
        return {};
    }
    const QRect changed(left, top, right - left + 1, bottom - top + 1);
    grow(changed);
    for (int y = top; y <= bottom; ++y) {
        for (int x = left; x <= right; ++x) {
            const double far = distanceToLine({x + 0.5, y + 0.5}, from, to);
            cover(x, y, static_cast<uint8_t>(std::lround(255 * weightAt(far, radius, softness))));
        }
    }
    return changed;
}

QRect MaskPaint::fill(const QPolygonF& outline) {
    const QRect changed = outline.boundingRect().toAlignedRect() & QRect(0, 0, width_, height_);
    if (changed.isEmpty()) {
        return {};
    }
    grow(changed);
    QImage inside(changed.size(), QImage::Format_Grayscale8);
    inside.fill(0);
    {
        QPainter painter(&inside);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.translate(-changed.topLeft());
        painter.setPen(Qt::NoPen);
        painter.setBrush(Qt::white);
        painter.drawPolygon(outline, Qt::WindingFill);
    }
    for (int y = 0; y < changed.height(); ++y) {
        const uchar* weights = inside.constScanLine(y);
        for (int x = 0; x < changed.width(); ++x) {
            cover(changed.x() + x, changed.y() + y, weights[x]);
        }
    }
    return changed;
}

void MaskPaint::cover(int x, int y, uint8_t weight) {
    const size_t at = placeOf(x, y);
    if (weight > weight_[at]) {
        weight_[at] = weight;
        const int base = base_[at];
        levels_[at] = static_cast<uint8_t>(base + (targetOf(brush_) - base) * weight / 255);
    }
}

MaskCorrection MaskPaint::correction() const {
    return MaskCorrection::fromPart(width_, height_,
                                    {part_.x(), part_.y(), part_.width(), part_.height()}, levels_);
}

}  // namespace understudy::ui
