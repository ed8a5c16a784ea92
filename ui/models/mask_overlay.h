// SPDX-License-Identifier: GPL-3.0-or-later
// How a mask is shown over a picture: dark where it is not face, green where painting added to it,
// red where painting took from it.
#pragma once

#include <QImage>
#include <QRect>
#include <span>

#include "media/align/transform.h"
#include "ui/models/mask_paint.h"

namespace understudy::ui {

struct MaskLayers {
    const MaskPaint* paint = nullptr;
    media::Affine plateFromPicture;
    std::span<const uint8_t> mask;  // of the crop, maskSide x maskSide; empty: nothing is darkened
    int maskSide = 0;
    media::Affine maskFromPicture;
    QPoint origin;
};

// Makes the pixels of `part` anew, which is in pixels of the picture; `overlay` is premultiplied
// ARGB and lies at `origin` in the picture. What lies outside of the mask's crop stays clear.
void paintMaskOverlay(QImage& overlay, const QRect& part, const MaskLayers& layers);

}  // namespace understudy::ui
