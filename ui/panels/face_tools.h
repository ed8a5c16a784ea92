// SPDX-License-Identifier: GPL-3.0-or-later
// The tools of the large face: looking, placing landmarks, painting the mask by brush or polygon;
// and what belongs to the one that is chosen. Holds the choices, changes nothing itself.
#pragma once

#include <QWidget>

#include "ui/models/mask_paint.h"

class QButtonGroup;
class QHBoxLayout;
class QLabel;
class QSlider;
class QStackedWidget;
class QToolButton;

namespace understudy::ui {

enum class FaceTool { view, points, brush, eraser, restore, including, excluding };
// What a drag on a landmark moves.
enum class PointGrip { point, group, whole, turn };

class FaceTools : public QWidget {
    Q_OBJECT
  public:
    explicit FaceTools(QWidget* parent = nullptr);

    FaceTool tool() const { return tool_; }
    void setTool(FaceTool tool);
    bool paints() const { return masks() && !outlines(); }
    bool outlines() const { return tool_ >= FaceTool::including; }  // by a polygon
    bool masks() const { return tool_ >= FaceTool::brush; }         // either
    MaskPaint::Brush brush() const;
    PointGrip grip() const { return grip_; }
    void setGrip(PointGrip grip);
    double radius() const;    // plate pixels
    double softness() const;  // 0 to 1
    void setRadius(double radius);
    void scaleRadius(double factor) { setRadius(radius() * factor); }

  Q_SIGNALS:
    void toolChanged();
    void brushChanged();
    void keyWanted();
    void betweenWanted(bool following);
    void asFoundWanted();
    void clearPaintWanted();

  private:
    void buildTools(QHBoxLayout* row);
    QWidget* buildPoints();
    QWidget* buildBrush();
    QWidget* buildPolygon();
    QToolButton* clearButton(const char* name);
    void showTexts();

    FaceTool tool_ = FaceTool::view;
    PointGrip grip_ = PointGrip::point;
    QButtonGroup* tools_;
    QButtonGroup* grips_;
    QStackedWidget* choices_;
    QSlider* size_;
    QSlider* soft_;
    QLabel* sizeText_;
    QLabel* softText_;
};

}  // namespace understudy::ui
