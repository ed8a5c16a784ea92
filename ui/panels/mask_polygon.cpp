// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/mask_polygon.h"

#include <QLineF>
#include <QPainter>

namespace understudy::ui {
namespace {

constexpr double kNear = 10;  // pixels on the screen

}  // namespace

bool MaskPolygon::closesAt(QPointF place, const QTransform& widgetFromPicture) const {
    return complete() && QLineF(widgetFromPicture.map(points_.first()), place).length() < kNear;
}

void MaskPolygon::paint(QPainter& painter, const QTransform& widgetFromPicture, QPointF pointer,
                        bool takes) const {
    if (!begun()) {
        return;
    }
    const bool closes = closesAt(pointer, widgetFromPicture);
    const QPolygonF outline = widgetFromPicture.map(points_);
    QPolygonF line = outline;
    line << (closes ? outline.first() : pointer);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3));
    painter.drawPolyline(line);
    painter.setPen(QPen(Qt::white, 1, takes ? Qt::DashLine : Qt::SolidLine));
    painter.drawPolyline(line);
    painter.setPen(QPen(QColor(0, 0, 0, 180), 1));
    painter.setBrush(Qt::white);
    for (const QPointF& point : outline) {
        painter.drawEllipse(point, 2, 2);
    }
    if (complete()) {  // where a click closes it
        const double radius = closes ? 6 : 4;
        painter.drawEllipse(outline.first(), radius, radius);
    }
}

}  // namespace understudy::ui
