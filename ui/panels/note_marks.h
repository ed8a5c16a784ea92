// SPDX-License-Identifier: GPL-3.0-or-later
// Paints what was drawn into notes over a picture: light lines on a dark edge, legible on anything.
#pragma once

#include <QPainter>
#include <QTransform>

#include "media/project/note_drawing.h"

namespace understudy::ui {

// `size`: of the picture in its pixels; the transform takes those to the painter's.
void paintMarks(QPainter& painter, const media::NoteDrawing& drawing, const QSize& size,
                const QTransform& widgetFromPicture, double opacity = 1);
void paintMark(QPainter& painter, const media::DrawingMark& mark, const QSize& size,
               const QTransform& widgetFromPicture);

// The light yellow that notes are drawn in.
media::DrawingMark newMark(media::DrawingMark::Kind kind);

}  // namespace understudy::ui
