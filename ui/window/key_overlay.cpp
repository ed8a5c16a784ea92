// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/key_overlay.h"

#include <QPainter>

#include "ui/panels/theme.h"

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
                              QString(action->text()).remove('&').remove(QStringLiteral("…"))};
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

void KeyOverlay::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), QColor(0x14, 0x14, 0x14, 235));
    constexpr int kColumn = 440;
    constexpr int kLine = 24;
    const int rows = static_cast<int>(std::max(page_.size(), everywhere_.size()));
    const int top = std::max(48, (height() - rows * kLine) / 2 - 40);
    const auto column = [&](int x, const QString& head, const QList<Line>& lines) {
        painter.setFont(theme::font(theme::FontUse::title));
        painter.setPen(theme::kText);
        painter.drawText(QRect(x + 152, top, kColumn, kLine), Qt::AlignVCenter, head);
        int y = top + kLine + 8;
        for (const Line& line : lines) {
            painter.setFont(theme::font(theme::FontUse::number));
            painter.setPen(theme::kText);
            painter.drawText(QRect(x, y, 136, kLine), Qt::AlignRight | Qt::AlignVCenter, line.key);
            painter.setFont(theme::font(theme::FontUse::body));
            painter.setPen(theme::kSecond);
            painter.drawText(QRect(x + 152, y, kColumn - 160, kLine), Qt::AlignVCenter, line.text);
            y += kLine;
        }
    };
    const int left = width() / 2 - kColumn;
    column(left, title_, page_);
    column(left + kColumn + 16, tr("Everywhere"), everywhere_);
}

void KeyOverlay::mousePressEvent(QMouseEvent*) {
    hide();
}

void KeyOverlay::keyPressEvent(QKeyEvent*) {
    hide();
}

}  // namespace understudy::ui
