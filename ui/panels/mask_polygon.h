// SPDX-License-Identifier: GPL-3.0-or-later
// The outline of a part of the mask while its points are clicked. In pixels of the picture, so that
// it stays where it is when somebody zooms or pans.
#pragma once

#include <QPolygonF>
#include <QTransform>

class QPainter;

namespace understudy::ui {

class MaskPolygon {
  public:
    bool begun() const { return !points_.isEmpty(); }
    bool complete() const { return points_.size() >= 3; }
    const QPolygonF& points() const { return points_; }

    void add(QPointF point) { points_ << point; }
    void takeBack() { points_.removeLast(); }
    void drop() { points_.clear(); }
    // Whether a click at this place of the widget is meant for the first point, and closes it.
    bool closesAt(QPointF place, const QTransform& widgetFromPicture) const;

    // With the line to the pointer; dashed where it takes from the mask.
    void paint(QPainter& painter, const QTransform& widgetFromPicture, QPointF pointer,
               bool takes) const;

  private:
    QPolygonF points_;
};

}  // namespace understudy::ui
