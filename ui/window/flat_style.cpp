// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/flat_style.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolButton>
#include <algorithm>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

bool enabled(const QStyleOption* option) {
    return option->state & QStyle::State_Enabled;
}

bool hovered(const QStyleOption* option) {
    return enabled(option) && (option->state & QStyle::State_MouseOver);
}

bool pressed(const QStyleOption* option) {
    return option->state & (QStyle::State_Sunken | QStyle::State_On);
}

void box(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& edge = {}) {
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

void drawItemBackground(const QStyleOptionViewItem* item, QPainter* painter) {
    if (item->state & QStyle::State_Selected) {
        painter->fillRect(item->rect, theme::kSelected);
    } else if (item->state & QStyle::State_MouseOver) {
        painter->fillRect(item->rect, theme::kBar);
    } else if (item->features & QStyleOptionViewItem::Alternate) {
        painter->fillRect(item->rect, theme::kSurround);
    }
}

}  // namespace

FlatStyle::FlatStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void FlatStyle::polish(QPalette& palette) {
    palette = theme::palette();
}

void FlatStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option,
                              QPainter* painter, const QWidget* widget) const {
    switch (element) {
        case PE_PanelButtonCommand:
            box(painter, option->rect, buttonFill(option));
            return;
        case PE_PanelButtonTool:
            drawToolPanel(painter, option);
            return;
        case PE_FrameFocusRect:
            if (widget == nullptr || !widget->inherits("QAbstractItemView")) {
                focusRing(painter, option->rect);
            }
            return;
        case PE_FrameDefaultButton:
        case PE_FrameStatusBarItem:
        case PE_FrameTabBarBase:
        case PE_FrameDockWidget:
            return;
        case PE_Frame:
        case PE_FrameWindow:
            if (option->state & State_HasFocus) {
                focusRing(painter, option->rect);
            }
            return;
        case PE_FrameMenu:
            box(painter, option->rect, Qt::transparent, theme::kSeparator);
            return;
        case PE_PanelMenu:
            painter->fillRect(option->rect, theme::kBar);
            return;
        case PE_PanelTipLabel:
            painter->fillRect(option->rect, theme::kGap);
            return;
        case PE_FrameLineEdit:
        case PE_PanelLineEdit:
            if (widget != nullptr && (widget->parentWidget() != nullptr) &&
                (widget->parentWidget()->inherits("QAbstractSpinBox") ||
                 widget->parentWidget()->inherits("QComboBox"))) {
                return;  // its owner draws the edge
            }
            box(painter, option->rect, enabled(option) ? theme::kBase : theme::kPanel,
                enabled(option) ? theme::kEdge : theme::kSelected);
            if (option->state & State_HasFocus) {
                focusRing(painter, option->rect);
            }
            return;
        case PE_FrameGroupBox:
            return;
        case PE_IndicatorCheckBox:
        case PE_IndicatorItemViewItemCheck:
            drawTick(painter, option);
            return;
        case PE_IndicatorRadioButton:
            drawRadio(painter, option);
            return;
        case PE_IndicatorArrowDown:
            return arrow(painter, option->rect, Qt::DownArrow, theme::kText);
        case PE_IndicatorArrowUp:
            return arrow(painter, option->rect, Qt::UpArrow, theme::kText);
        case PE_IndicatorArrowRight:
            return arrow(painter, option->rect, Qt::RightArrow, theme::kText);
        case PE_IndicatorArrowLeft:
            return arrow(painter, option->rect, Qt::LeftArrow, theme::kText);
        case PE_PanelItemViewItem:
            if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option)) {
                drawItemBackground(item, painter);
                return;
            }
            break;
        case PE_PanelItemViewRow:
            return;
        default:
            break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void FlatStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                            const QWidget* widget) const {
    switch (element) {
        case CE_ProgressBarGroove:
        case CE_ProgressBarLabel:
            return;
        case CE_ProgressBarContents:
        case CE_ProgressBar:
            if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
                drawProgress(bar, painter);
                return;
            }
            break;
        case CE_HeaderSection:
        case CE_HeaderEmptyArea:
            painter->fillRect(option->rect, theme::kButton);
            painter->fillRect(
                QRect(option->rect.right(), option->rect.y(), 1, option->rect.height()),
                theme::kSeparator);
            return;
        case CE_Splitter:
            painter->fillRect(option->rect, theme::kGap);
            return;
        case CE_DockWidgetTitle:
            painter->fillRect(option->rect, theme::kBar);
            if (const auto* dock = qstyleoption_cast<const QStyleOptionDockWidget*>(option)) {
                painter->setFont(theme::font(theme::FontUse::title));
                painter->setPen(theme::kText);
                painter->drawText(option->rect.adjusted(theme::kPadding, 0, -64, 0),
                                  Qt::AlignVCenter, dock->title);
            }
            return;
        case CE_MenuBarEmptyArea:
            return;
        case CE_MenuBarItem:
            if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
                if (item->state & (State_Selected | State_Sunken)) {
                    painter->fillRect(item->rect, theme::kHover);
                }
                const int flags = Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextSingleLine |
                                  (styleHint(SH_UnderlineShortcut, option, widget, nullptr)
                                       ? 0
                                       : Qt::TextHideMnemonic);
                painter->setPen(enabled(item) ? theme::kText : theme::kDisabled);
                painter->drawText(item->rect, flags, item->text);
                return;
            }
            break;
        default:
            break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void FlatStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                   QPainter* painter, const QWidget* widget) const {
    switch (control) {
        case CC_Slider:
            if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
                drawSlider(slider, painter,
                           subControlRect(CC_Slider, slider, SC_SliderHandle, widget));
                return;
            }
            break;
        case CC_ScrollBar:
            if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
                drawScrollBar(bar, painter,
                              subControlRect(CC_ScrollBar, bar, SC_ScrollBarSlider, widget));
                return;
            }
            break;
        case CC_ComboBox:
            if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
                drawCombo(combo, painter);
                return;
            }
            break;
        case CC_SpinBox:
            if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option)) {
                drawSpin(spin, painter, subControlRect(CC_SpinBox, spin, SC_SpinBoxUp, widget),
                         subControlRect(CC_SpinBox, spin, SC_SpinBoxDown, widget));
                return;
            }
            break;
        default:
            break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect FlatStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                                SubControl subControl, const QWidget* widget) const {
    if (control == CC_ScrollBar) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (bar != nullptr &&
            (subControl == SC_ScrollBarAddLine || subControl == SC_ScrollBarSubLine)) {
            return {};  // no arrow buttons
        }
        if (bar != nullptr) {
            const bool upright = bar->orientation == Qt::Vertical;
            const int length = upright ? bar->rect.height() : bar->rect.width();
            const int range = bar->maximum - bar->minimum;
            const int thumb =
                range <= 0 ? length
                           : std::clamp(static_cast<int>(static_cast<int64_t>(length) *
                                                         bar->pageStep / (range + bar->pageStep)),
                                        std::min(24, length), length);
            const int start = sliderPositionFromValue(
                bar->minimum, bar->maximum, bar->sliderPosition, length - thumb, bar->upsideDown);
            const auto part = [&](int from, int size) {
                return upright
                           ? QRect(bar->rect.x(), bar->rect.y() + from, bar->rect.width(), size)
                           : QRect(bar->rect.x() + from, bar->rect.y(), size, bar->rect.height());
            };
            switch (subControl) {
                case SC_ScrollBarSlider:
                    return part(start, thumb);
                case SC_ScrollBarGroove:
                    return bar->rect;
                case SC_ScrollBarSubPage:
                    return part(0, start);
                case SC_ScrollBarAddPage:
                    return part(start + thumb, length - start - thumb);
                default:
                    return {};
            }
        }
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

int FlatStyle::pixelMetric(PixelMetric metric, const QStyleOption* option,
                           const QWidget* widget) const {
    switch (metric) {
        case PM_ScrollBarExtent:
            return 10;
        case PM_ScrollBarSliderMin:
            return 24;
        case PM_SplitterWidth:
        case PM_DockWidgetSeparatorExtent:
            return 4;
        case PM_SliderThickness:
        case PM_SliderControlThickness:
            return 16;
        case PM_SliderLength:
            return 14;
        case PM_ButtonMargin:
            return 12;
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight:
            return 16;
        case PM_ButtonShiftHorizontal:
        case PM_ButtonShiftVertical:
            return 0;
        case PM_MenuBarPanelWidth:
        case PM_MenuBarVMargin:
            return 0;
        case PM_MenuBarItemSpacing:
            return 2;
        case PM_DefaultFrameWidth:
            return widget != nullptr && widget->inherits("QAbstractScrollArea") ? 0 : 2;
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int FlatStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                         QStyleHintReturn* returned) const {
    switch (hint) {
        case SH_EtchDisabledText:
        case SH_DitherDisabledText:
            return 0;
        case SH_ToolTip_WakeUpDelay:
            return 500;
        case SH_Slider_AbsoluteSetButtons:
            return Qt::LeftButton;
        case SH_ScrollBar_LeftClickAbsolutePosition:
            return 1;
        case SH_ComboBox_Popup:
            return 0;
        case SH_DialogButtonBox_ButtonsHaveIcons:
            return 0;
        default:
            return QProxyStyle::styleHint(hint, option, widget, returned);
    }
}

QSize FlatStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                  const QWidget* widget) const {
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
        case CT_PushButton:
            return {std::max(result.width() + 8, 72),
                    std::max(result.height(), theme::kControlHeight)};
        case CT_ComboBox:
        case CT_LineEdit:
        case CT_SpinBox:
            return {result.width(), std::max(result.height(), theme::kControlHeight)};
        case CT_MenuBarItem:
            return {size.width() + 16, std::max(size.height(), theme::kControlHeight)};
        default:
            return result;
    }
}

}  // namespace understudy::ui
