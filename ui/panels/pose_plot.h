// SPDX-License-Identifier: GPL-3.0-or-later
// The faces that are shown, by where they look: yaw to the right, pitch up. A lasso or a rectangle
// selects faces in the grid (with Shift more, with Ctrl fewer); a click makes the nearest one
// current. Source round, destination square; what is selected is white.
#pragma once

#include <QImage>
#include <QPolygonF>
#include <QTimer>
#include <QWidget>
#include <set>

#include "ui/models/faces_model.h"

namespace understudy::ui {

class PosePlot : public QWidget {
    Q_OBJECT
  public:
    enum class Tool { lasso, rectangle };
    PosePlot(FacesModel* model, ProjectSession* session, QWidget* parent = nullptr);

    void setTool(Tool tool) { tool_ = tool; }
    Tool tool() const { return tool_; }
    QPointF positionOf(float yaw, float pitch) const;  // in the widget
    int shown() const { return static_cast<int>(points_.size()); }
    QSize sizeHint() const override { return {300, 240}; }
    QSize minimumSizeHint() const override { return {160, 140}; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

  private:
    struct Point {
        FaceKey key;
        float yaw;
        float pitch;
        bool destination;
        bool rejected;
        bool operator==(const Point&) const = default;
    };
    QRectF plot() const;
    Point pointOf(const FaceItem& face) const;
    void collect();
    void render();
    void restamp(const std::vector<Point>& before);
    void paintAxes(QPainter& painter) const;
    int radius() const;  // of a point, device pixels
    static QRgb colorOf(const Point& point);
    void stamp(QImage& picture, const Point& point, QRgb color) const;
    void stampSelected();
    void select(Qt::KeyboardModifiers modifiers);
    void pick(QPointF at, Qt::KeyboardModifiers modifiers);

    FacesModel* model_;
    ProjectSession* session_;
    std::vector<Point> points_;
    std::string destination_;    // whose points are square
    int destinationNumber_ = 0;  // theirs in the model
    QTimer later_;
    int unmeasured_ = 0;
    float mostYaw_ = 45;
    float mostPitch_ = 30;
    QImage picture_;   // of the points; made anew when more than a few change
    QImage selected_;  // of those that are selected
    bool stale_ = true;
    bool selectionStale_ = true;
    Tool tool_ = Tool::lasso;
    QPolygonF drawn_;  // while it is drawn
};

}  // namespace understudy::ui
