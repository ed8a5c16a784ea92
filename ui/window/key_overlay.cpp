// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/key_overlay.h"

#include <QPainter>

#include "ui/panels/theme.h"
#include "ui/window/shortcuts.h"

namespace understudy::ui {

KeyOverlay::KeyOverlay(QWidget* parent) : QWidget(parent) {
    setObjectName("keyOverlay");
    setFocusPolicy(Qt::StrongFocus);
    hide();
}

void KeyOverlay::appear(const QString& title, const QList<QAction*>& page,
                        const QList<QAction*>& everywhere) {
    const auto linesOf = [](const QList<QAction*>& actions) {
        QList<Line> lines;
        for (const QAction* action : actions) {
            if (!action->shortcut().isEmpty()) {
                lines << Line{action->shortcut().toString(QKeySequence::NativeText),
                              titleOf(action)};
            }
        }
        return lines;
    };
    title_ = title;
    page_ = linesOf(page);
    everywhere_ = linesOf(everywhere);
    setGeometry(parentWidget()->rect());
    raise();
    show();
    setFocus();
}

// Columns from the left: the page's keys, then those that hold everywhere, each as long as there is
// room.
void KeyOverlay::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), QColor(0x14, 0x14, 0x14, 235));
    constexpr int kColumn = 400;
    constexpr int kKey = 128;
    constexpr int kLine = 20;
    constexpr int kMargin = 32;
    const int most = std::max(4, (height() - 2 * kMargin) / kLine - 2);
    const auto columnsOf = [most](const QList<Line>& lines) {
        return static_cast<int>((lines.size() + most - 1) / most);
    };
    const int columns = std::max(1, columnsOf(page_) + columnsOf(everywhere_));
    const int wide = std::min(kColumn, (width() - 2 * kMargin) / columns);
    const auto rows =
        static_cast<int>(std::min<qsizetype>(most, std::max(page_.size(), everywhere_.size())));
    const int top = std::max(kMargin, (height() - (rows + 2) * kLine) / 2);
    int x = (width() - columns * wide) / 2;
    const auto section = [&](const QString& head, const QList<Line>& lines) {
        painter.setFont(theme::font(theme::FontUse::title));
        painter.setPen(theme::kText);
        painter.drawText(QRect(x + kKey + 16, top, wide - kKey - 16, kLine), Qt::AlignVCenter,
                         head);
        for (qsizetype i = 0; i < lines.size(); ++i) {
            const int y = top + kLine * (2 + static_cast<int>(i % most));
            painter.setFont(theme::font(theme::FontUse::numberCaption));
            painter.setPen(theme::kText);
            painter.drawText(QRect(x, y, kKey, kLine), Qt::AlignRight | Qt::AlignVCenter,
                             lines[i].key);
            painter.setFont(theme::font(theme::FontUse::body));
            painter.setPen(theme::kSecond);
            const QRect place(x + kKey + 16, y, wide - kKey - 24, kLine);
            painter.drawText(
                place, Qt::AlignVCenter,
                painter.fontMetrics().elidedText(lines[i].text, Qt::ElideRight, place.width()));
            x += i + 1 < lines.size() && (i + 1) % most == 0 ? wide : 0;
        }
        x += wide;
    };
    section(title_, page_);
    section(tr("Everywhere"), everywhere_);
}

void KeyOverlay::mousePressEvent(QMouseEvent*) {
    hide();
}

void KeyOverlay::keyPressEvent(QKeyEvent*) {
    hide();
}

}  // namespace understudy::ui
