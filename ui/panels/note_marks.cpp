// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/note_marks.h"

#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/models/formatting.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

using Kind = media::DrawingMark::Kind;

void strokePath(QPainter& painter, const QPainterPath& path, const QColor& color, double width) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(
        QPen(QColor(0, 0, 0, 170), width + 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
    painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
}

void addArrowHead(QPainterPath& path, QPointF tail, QPointF tip, double reach) {
    const double angle = std::atan2(tip.y() - tail.y(), tip.x() - tail.x());
    for (const double side : {-0.45, 0.45}) {
        path.moveTo(tip);
        path.lineTo(tip - reach * QPointF(std::cos(angle + side), std::sin(angle + side)));
    }
}

}  // namespace

void paintMark(QPainter& painter, const media::DrawingMark& mark, const QSize& size,
               const QTransform& widgetFromPicture) {
    if (mark.points.empty()) {
        return;
    }
    const auto at = [&](const media::DrawingPoint& point) {
        return widgetFromPicture.map(QPointF(point.x * size.width(), point.y * size.height()));
    };
    const QColor color(mark.color[0], mark.color[1], mark.color[2]);
    const double width =
        std::max(1.5, static_cast<double>(mark.width) * size.height() * widgetFromPicture.m22());
    if (mark.kind == Kind::text) {
        QFont font = theme::font(theme::FontUse::body);
        font.setPixelSize(std::max(9, static_cast<int>(8 * width)));
        const QFontMetricsF metrics(font);
        QPainterPath path;
        QPointF baseline = at(mark.points[0]) + QPointF(0, metrics.ascent() / 2);
        for (const QString& line : text(mark.text).split('\n')) {
            path.addText(baseline, font, line);
            baseline.ry() += metrics.lineSpacing();
        }
        painter.setPen(QPen(QColor(0, 0, 0, 170), 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(path);
        painter.fillPath(path, color);
        return;
    }
    QPainterPath path(at(mark.points[0]));
    for (const auto& point : mark.points) {
        path.lineTo(at(point));
    }
    if (mark.kind == Kind::arrow && mark.points.size() > 1) {
        addArrowHead(path, at(mark.points[0]), at(mark.points[1]), 5 * width + 6);
    }
    strokePath(painter, path, color, width);
}

void paintMarks(QPainter& painter, const media::NoteDrawing& drawing, const QSize& size,
                const QTransform& widgetFromPicture, double opacity) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(opacity);
    for (const media::DrawingMark& mark : drawing.marks) {
        paintMark(painter, mark, size, widgetFromPicture);
    }
    painter.restore();
}

media::DrawingMark newMark(media::DrawingMark::Kind kind) {
    media::DrawingMark mark;
    mark.kind = kind;
    mark.color = {0xFF, 0xE0, 0x66};
    return mark;
}

}  // namespace understudy::ui
