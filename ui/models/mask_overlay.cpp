// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/mask_overlay.h"

#include <algorithm>
#include <cmath>

namespace understudy::ui {
namespace {

constexpr int kDark = 140;  // of 255: how much is taken from what is not face
constexpr int kTint = 110;

int maskAt(const MaskLayers& layers, double x, double y) {
    const media::Point at = layers.maskFromPicture({x, y});
    const int column = static_cast<int>(std::floor(at.x));
    const int row = static_cast<int>(std::floor(at.y));
    if (column < 0 || row < 0 || column >= layers.maskSide || row >= layers.maskSide) {
        return -1;
    }
    return layers.mask[static_cast<size_t>(row) * static_cast<size_t>(layers.maskSide) +
                       static_cast<size_t>(column)];
}

uint8_t levelAt(const MaskLayers& layers, double x, double y) {
    const media::Point at = layers.plateFromPicture({x, y});
    const int column = static_cast<int>(std::floor(at.x));
    const int row = static_cast<int>(std::floor(at.y));
    return column < 0 || row < 0 || column >= layers.paint->width() || row >= layers.paint->height()
               ? media::MaskCorrection::kLeave
               : layers.paint->level(column, row);
}

QRgb overlayPixel(int mask, uint8_t level) {
    const int added = media::addedBy(level);
    const int removed = media::removedBy(level);
    int dark = 0;
    if (mask >= 0) {
        const int more = mask + (255 - mask) * added / 255;
        dark = kDark * (255 - more * (255 - removed) / 255) / 255;
    }
    const int tint = kTint * std::max(added, removed) / 255;
    // The tint lies over the dark.
    const int alpha = tint + dark * (255 - tint) / 255;
    return qRgba(removed > 0 ? tint : 0, added > 0 ? tint : 0, 0, alpha);
}

}  // namespace

void paintMaskOverlay(QImage& overlay, const QRect& part, const MaskLayers& layers) {
    const QRect inside = part & overlay.rect().translated(layers.origin);
    for (int y = inside.top(); y <= inside.bottom(); ++y) {
        auto* line =
            reinterpret_cast<QRgb*>(overlay.scanLine(y - layers.origin.y())) - layers.origin.x();
        for (int x = inside.left(); x <= inside.right(); ++x) {
            const int mask = layers.mask.empty() ? -1 : maskAt(layers, x + 0.5, y + 0.5);
            line[x] = overlayPixel(mask, levelAt(layers, x + 0.5, y + 0.5));
        }
    }
}

}  // namespace understudy::ui
