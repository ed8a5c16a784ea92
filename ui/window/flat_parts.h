// SPDX-License-Identifier: GPL-3.0-or-later
// How the flat style paints each part: one colour a surface, no gradient, bevel or shadow.
#pragma once

#include <QPainter>
#include <QStyleOption>

namespace understudy::ui::flat {

constexpr int kMenuArrow = 12;  // pixels that the arrow of a menu takes

bool enabled(const QStyleOption* option);
bool hovered(const QStyleOption* option);
bool pressed(const QStyleOption* option);
void box(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& edge = {});
void focusRing(QPainter* painter, const QRect& rect);
QColor buttonFill(const QStyleOption* option);
void arrow(QPainter* painter, const QRect& rect, Qt::ArrowType type, const QColor& color);
void drawTick(QPainter* painter, const QStyleOption* option);
void drawRadio(QPainter* painter, const QStyleOption* option);
void drawToolPanel(QPainter* painter, const QStyleOption* option);
void drawProgress(const QStyleOptionProgressBar* bar, QPainter* painter);
void drawScrollBar(const QStyleOptionSlider* bar, QPainter* painter, const QRect& handle);
void drawSlider(const QStyleOptionSlider* slider, QPainter* painter, const QRect& handle);
void drawCombo(const QStyleOptionComboBox* combo, QPainter* painter);
void drawSpin(const QStyleOptionSpinBox* spin, QPainter* painter, const QRect& up,
              const QRect& down);
void drawMenuButton(const QStyleOptionToolButton* button, QPainter* painter);
void drawItemBackground(const QStyleOptionViewItem* item, QPainter* painter);

}  // namespace understudy::ui::flat
