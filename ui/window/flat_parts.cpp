// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/flat_parts.h"

#include <QIcon>
#include <QStyle>
#include <algorithm>

#include "ui/panels/theme.h"

namespace understudy::ui::flat {

bool enabled(const QStyleOption* option) {
    return option->state & QStyle::State_Enabled;
}

bool hovered(const QStyleOption* option) {
    return enabled(option) && (option->state & QStyle::State_MouseOver);
}

bool pressed(const QStyleOption* option) {
    return option->state & (QStyle::State_Sunken | QStyle::State_On);
}

void box(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& edge) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(fill);
    painter->setPen(edge.isValid() ? QPen(edge, 1) : QPen(Qt::NoPen));
    const QRectF shape =
        edge.isValid() ? QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5) : QRectF(rect);
    painter->drawRoundedRect(shape, theme::kRadius, theme::kRadius);
    painter->restore();
}

void focusRing(QPainter* painter, const QRect& rect) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(theme::kAccent, 2));
    painter->drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), theme::kRadius, theme::kRadius);
    painter->restore();
}

QColor buttonFill(const QStyleOption* option) {
    if (!enabled(option)) {
        return theme::kPanel;
    }
    return pressed(option) ? theme::kSelected : hovered(option) ? theme::kHover : theme::kButton;
}

void arrow(QPainter* painter, const QRect& rect, Qt::ArrowType type, const QColor& color) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->translate(QRectF(rect).center());
    painter->rotate(type == Qt::UpArrow      ? 180
                    : type == Qt::LeftArrow  ? 90
                    : type == Qt::RightArrow ? -90
                                             : 0);
    painter->drawPolyline(QPolygonF({{-3.5, -1.75}, {0, 1.75}, {3.5, -1.75}}));
    painter->restore();
}

void drawTick(QPainter* painter, const QStyleOption* option) {
    const QRect rect = option->rect.adjusted(1, 1, -1, -1);
    box(painter, rect, enabled(option) ? theme::kBase : theme::kPanel,
        enabled(option) ? theme::kEdge : theme::kDisabled);
    if (option->state & QStyle::State_HasFocus) {
        focusRing(painter, option->rect.adjusted(-1, -1, 1, 1));
    }
    const QColor mark = enabled(option) ? theme::kText : theme::kDisabled;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(mark, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->translate(QRectF(rect).center());
    if (option->state & QStyle::State_NoChange) {
        painter->drawLine(QPointF(-3, 0), QPointF(3, 0));
    } else if (option->state & QStyle::State_On) {
        painter->drawPolyline(QPolygonF({{-3, 0}, {-0.8, 2.5}, {3.2, -2.7}}));
    }
    painter->restore();
}

void drawRadio(QPainter* painter, const QStyleOption* option) {
    const QRectF rect = QRectF(option->rect).adjusted(1.5, 1.5, -1.5, -1.5);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(
        QPen(option->state & QStyle::State_HasFocus ? theme::kAccent : theme::kEdge, 1));
    painter->setBrush(theme::kBase);
    painter->drawEllipse(rect);
    if (option->state & QStyle::State_On) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(enabled(option) ? theme::kText : theme::kDisabled);
        painter->drawEllipse(rect.center(), 3, 3);
    }
    painter->restore();
}

void drawToolPanel(QPainter* painter, const QStyleOption* option) {
    const bool flat = option->state & QStyle::State_AutoRaise;
    if (!flat || pressed(option) || hovered(option)) {
        box(painter, option->rect,
            flat && !pressed(option) && !hovered(option) ? Qt::transparent : buttonFill(option));
    }
}

void drawProgress(const QStyleOptionProgressBar* bar, QPainter* painter) {
    const QRect rect = bar->rect;
    box(painter, rect, theme::kBase);
    if (bar->maximum > bar->minimum) {
        const double part = static_cast<double>(bar->progress - bar->minimum) /
                            static_cast<double>(bar->maximum - bar->minimum);
        QRect filled = rect;
        filled.setWidth(static_cast<int>(rect.width() * std::clamp(part, 0.0, 1.0)));
        if (filled.width() > 0) {
            box(painter, filled, theme::kAccent);
        }
    }
}

void drawScrollBar(const QStyleOptionSlider* bar, QPainter* painter, const QRect& handle) {
    painter->fillRect(bar->rect, theme::kBar);
    const bool active = bar->activeSubControls & QStyle::SC_ScrollBarSlider;
    const QRect thumb = bar->orientation == Qt::Vertical ? handle.adjusted(2, 1, -2, -1)
                                                         : handle.adjusted(1, 2, -1, -2);
    if (bar->maximum > bar->minimum) {
        box(painter, thumb,
            active && (bar->state & QStyle::State_Sunken) ? theme::kDisabled
            : active                                      ? QColor(0x60, 0x60, 0x60)
                                                          : theme::kSelected);
    }
}

void drawSlider(const QStyleOptionSlider* slider, QPainter* painter, const QRect& handle) {
    const bool across = slider->orientation == Qt::Horizontal;
    QRect groove = across ? QRect(slider->rect.x() + 2, slider->rect.center().y() - 1,
                                  slider->rect.width() - 4, 3)
                          : QRect(slider->rect.center().x() - 1, slider->rect.y() + 2, 3,
                                  slider->rect.height() - 4);
    box(painter, groove, theme::kBase);
    QRect filled = groove;
    if (across) {
        slider->upsideDown ? filled.setLeft(handle.center().x())
                           : filled.setRight(handle.center().x());
    } else {
        slider->upsideDown ? filled.setTop(handle.center().y())
                           : filled.setBottom(handle.center().y());
    }
    box(painter, filled, enabled(slider) ? theme::kAccent : theme::kSelected);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(enabled(slider) ? theme::kText : theme::kDisabled);
    painter->drawEllipse(QRectF(handle).center(), 5, 5);
    if (slider->state & QStyle::State_HasFocus) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(theme::kAccent, 2));
        painter->drawEllipse(QRectF(handle).center(), 7, 7);
    }
    painter->restore();
}

void drawCombo(const QStyleOptionComboBox* combo, QPainter* painter) {
    const bool field = combo->editable;
    box(painter, combo->rect, field && enabled(combo) ? theme::kBase : buttonFill(combo),
        field ? theme::kEdge : QColor());
    const QRect place(combo->rect.right() - 18, combo->rect.y(), 14, combo->rect.height());
    arrow(painter, place, Qt::DownArrow, enabled(combo) ? theme::kText : theme::kDisabled);
    if (combo->state & QStyle::State_HasFocus) {
        focusRing(painter, combo->rect);
    }
}

void drawSpin(const QStyleOptionSpinBox* spin, QPainter* painter, const QRect& up,
              const QRect& down) {
    box(painter, spin->rect, enabled(spin) ? theme::kBase : theme::kPanel,
        enabled(spin) ? theme::kEdge : theme::kSelected);
    const QColor color = enabled(spin) ? theme::kSecond : theme::kDisabled;
    if (spin->buttonSymbols != QAbstractSpinBox::NoButtons) {
        arrow(painter, up, Qt::UpArrow,
              spin->activeSubControls == QStyle::SC_SpinBoxUp ? theme::kText : color);
        arrow(painter, down, Qt::DownArrow,
              spin->activeSubControls == QStyle::SC_SpinBoxDown ? theme::kText : color);
    }
    if (spin->state & QStyle::State_HasFocus) {
        focusRing(painter, spin->rect);
    }
}

// A tool button that opens a menu: its arrow stands beside the icon.
void drawMenuButton(const QStyleOptionToolButton* button, QPainter* painter) {
    drawToolPanel(painter, button);
    QRect place = button->rect;
    place.setWidth(place.width() - kMenuArrow);
    button->icon.paint(
        painter, QStyle::alignedRect(Qt::LeftToRight, Qt::AlignCenter, button->iconSize, place),
        Qt::AlignCenter, enabled(button) ? QIcon::Normal : QIcon::Disabled);
    arrow(painter, QRect(place.right() - 1, place.y(), kMenuArrow, place.height()), Qt::DownArrow,
          enabled(button) ? theme::kSecond : theme::kDisabled);
    if (button->state & QStyle::State_HasFocus) {
        focusRing(painter, button->rect);
    }
}

void drawItemBackground(const QStyleOptionViewItem* item, QPainter* painter) {
    if (item->state & QStyle::State_Selected) {
        painter->fillRect(item->rect, theme::kSelected);
    } else if (item->state & QStyle::State_MouseOver) {
        painter->fillRect(item->rect, theme::kBar);
    } else if (item->features & QStyleOptionViewItem::Alternate) {
        painter->fillRect(item->rect, theme::kSurround);
    }
}

}  // namespace understudy::ui::flat
