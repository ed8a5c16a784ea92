// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/drop_targets.h"

#include <QDragEnterEvent>
#include <QPainter>

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
    under_ = PerformerRole::others;
    raise();
    show();
}

QRect DropTargets::target(PerformerRole role) const {
    const int half = (width() - 48) / 2;
    const QRect left(16, 16, half, height() - 32);
    return role == PerformerRole::source ? left : left.translated(half + 16, 0);
}

PerformerRole DropTargets::roleAt(const QPoint& point) const {
    return point.x() < width() / 2 ? PerformerRole::source : PerformerRole::destination;
}

void DropTargets::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), QColor(0x14, 0x14, 0x14, 230));
    for (const PerformerRole role : {PerformerRole::source, PerformerRole::destination}) {
        const QRect box = target(role);
        const bool here = under_ == role;
        painter.setPen(QPen(here ? Qt::white : theme::kEdge, here ? 2 : 1,
                            role == PerformerRole::source ? Qt::SolidLine : Qt::DashLine));
        painter.setBrush(here ? theme::kButton : theme::kBar);
        painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), theme::kRadius, theme::kRadius);
        painter.setFont(theme::font(theme::FontUse::emptyTitle));
        painter.setPen(theme::kText);
        const QString title = role == PerformerRole::source ? tr("Source") : tr("Destination");
        painter.drawText(box.adjusted(0, 0, 0, -28), Qt::AlignCenter, title);
        const int half = painter.fontMetrics().horizontalAdvance(title) / 2;
        paintPerformerMark(painter, role,
                           QRectF(box.center().x() - half - 26, box.center().y() - 20, 13, 13));
        painter.setFont(theme::font(theme::FontUse::body));
        painter.setPen(theme::kSecond);
        painter.drawText(
            box.adjusted(0, 28, 0, 0), Qt::AlignCenter,
            role == PerformerRole::source ? tr("whose face appears") : tr("who is in the plates"));
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
