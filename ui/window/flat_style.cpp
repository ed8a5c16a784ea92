// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/flat_style.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QPainter>
#include <QPlainTextEdit>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolButton>
#include <algorithm>

#include "ui/panels/icons.h"
#include "ui/panels/theme.h"
#include "ui/window/flat_parts.h"

namespace understudy::ui {

using namespace flat;
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
            } else if (const auto* field = qobject_cast<const QPlainTextEdit*>(widget);
                       field != nullptr && !field->isReadOnly()) {
                box(painter, option->rect, Qt::transparent, theme::kEdge);
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
        case CE_ComboBoxLabel:
            if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
                QStyleOptionComboBox fitted = *combo;
                const QRect room = subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget);
                const int icon = combo->currentIcon.isNull() ? 0 : combo->iconSize.width() + 4;
                fitted.currentText = combo->fontMetrics.elidedText(
                    combo->currentText, Qt::ElideRight, std::max(0, room.width() - icon - 2));
                QProxyStyle::drawControl(element, &fitted, painter, widget);
                return;
            }
            break;
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
        case CC_ToolButton:
            if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
                button != nullptr && (button->features & QStyleOptionToolButton::HasMenu) &&
                button->toolButtonStyle == Qt::ToolButtonIconOnly) {
                drawMenuButton(button, painter);
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
            return widget != nullptr && widget->inherits("QAbstractScrollArea") &&
                           !widget->inherits("QPlainTextEdit")
                       ? 0
                       : 2;
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

// Docks and lines of text that are cleared have buttons of Qt's own making, whose icons are not
// grey.
QIcon FlatStyle::standardIcon(StandardPixmap which, const QStyleOption* option,
                              const QWidget* widget) const {
    switch (which) {
        case SP_TitleBarCloseButton:
        case SP_DockWidgetCloseButton:
        case SP_LineEditClearButton:
            return icon(QStringLiteral("close"));
        case SP_TitleBarNormalButton:
            return icon(QStringLiteral("float"));
        default:
            return QProxyStyle::standardIcon(which, option, widget);
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
