// SPDX-License-Identifier: GPL-3.0-or-later
// The project's own one-colour icons (resources/icons/*.svg), tinted when painted, sharp at every
// scale, dimmed to 45 % when disabled.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>

namespace understudy::ui {

// In the palette's text colour, or in `color`. A name without a file is a bug.
QIcon icon(const QString& name, const QColor& color = {});
// For painting by hand; `size` in device-independent pixels.
QPixmap iconPixmap(const QString& name, int size, const QColor& color, double devicePixelRatio);

}  // namespace understudy::ui
