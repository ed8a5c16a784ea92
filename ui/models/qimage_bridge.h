// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where the product's pictures become the window's, and back.
#pragma once

#include <QImage>

#include "media/frame/frame.h"
#include "media/frame/image.h"

namespace understudy::ui {

// An RGB32 picture for the screen: scene-linear values are rendered to sRGB as a
// delivered movie has them (media/color/color_transforms.h), display-referred ones are shown as
// they are; alpha is ignored, as the samples are premultiplied. Any thread.
QImage toQImage(const media::Image& image, const media::ColorEncoding& encoding);
inline QImage toQImage(const media::Frame& frame) {
    return toQImage(frame.pixels, frame.encoding);
}

// size*size*3 interleaved RGB bytes, as packs hold them.
QImage rgbBytesToQImage(const std::byte* pixels, int width, int height);

// Fitted into `box`, smooth, RGB32: the exact size painting needs, so that painting never scales.
QImage fittedInto(const QImage& image, QSize box);

}  // namespace understudy::ui
