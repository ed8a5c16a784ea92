// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/drop_targets.h"

#include <QDragEnterEvent>
#include <QPainter>
#include <algorithm>

#include "ui/panels/clip_bin.h"
#include "ui/panels/performer_mark.h"

namespace understudy::ui {

DropTargets::DropTargets(QWidget* parent) : QWidget(parent) {
    setObjectName("dropTargets");
    setAcceptDrops(true);
    hide();
}

void DropTargets::appear(const QRect& over) {
    setGeometry(over);
    under_.reset();
    raise();
    show();
}

QRect DropTargets::target(PerformerRole role) const {
    const int third = (width() - 64) / 3;
    return {16 + static_cast<int>(role) * (third + 16), 16, third, height() - 32};
}

PerformerRole DropTargets::roleAt(const QPoint& point) const {
    return static_cast<PerformerRole>(std::clamp(3 * point.x() / std::max(1, width()), 0, 2));
}

void DropTargets::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), QColor(0x14, 0x14, 0x14, 230));
    for (const PerformerRole role :
         {PerformerRole::source, PerformerRole::destination, PerformerRole::others}) {
        const QRect box = target(role);
        const bool here = under_ && *under_ == role;
        painter.setPen(QPen(here ? Qt::white : theme::kEdge, here ? 2 : 1,
                            role == PerformerRole::source        ? Qt::SolidLine
                            : role == PerformerRole::destination ? Qt::DashLine
                                                                 : Qt::DotLine));
        painter.setBrush(here ? theme::kButton : theme::kBar);
        painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), theme::kRadius, theme::kRadius);
        painter.setFont(theme::font(theme::FontUse::emptyTitle));
        painter.setPen(theme::kText);
        const QString title = role == PerformerRole::source        ? tr("Source")
                              : role == PerformerRole::destination ? tr("Destination")
                                                                   : tr("Another performer");
        painter.drawText(box.adjusted(0, 0, 0, -28), Qt::AlignCenter, title);
        const int half = painter.fontMetrics().horizontalAdvance(title) / 2;
        paintPerformerMark(painter, role,
                           QRectF(box.center().x() - half - 26, box.center().y() - 20, 13, 13));
        painter.setFont(theme::font(theme::FontUse::body));
        painter.setPen(theme::kSecond);
        painter.drawText(box.adjusted(0, 28, 0, 0), Qt::AlignCenter,
                         role == PerformerRole::source        ? tr("whose face appears")
                         : role == PerformerRole::destination ? tr("who is in the plates")
                                                              : tr("anybody else"));
    }
}

void DropTargets::dragEnterEvent(QDragEnterEvent* event) {
    if (!localPaths(event->mimeData()).isEmpty()) {
        under_ = roleAt(event->position().toPoint());
        event->acceptProposedAction();
        update();
    }
}

void DropTargets::dragMoveEvent(QDragMoveEvent* event) {
    under_ = roleAt(event->position().toPoint());
    event->acceptProposedAction();
    update();
}

void DropTargets::dragLeaveEvent(QDragLeaveEvent*) {
    hide();
}

void DropTargets::dropEvent(QDropEvent* event) {
    hide();
    event->acceptProposedAction();
    Q_EMIT dropped(roleAt(event->position().toPoint()), localPaths(event->mimeData()));
}

}  // namespace understudy::ui
