// SPDX-License-Identifier: GPL-3.0-or-later
// The picture of one face that is worked on: landmarks that can be dragged, a brush and
// polygons. What is done is told in pixels of the picture; whoever listens keeps it.
#pragma once

#include <functional>
#include <vector>

#include "media/align/landmarks.h"
#include "ui/panels/face_tools.h"
#include "ui/panels/mask_polygon.h"
#include "ui/panels/picture_view.h"

namespace understudy::ui {

class FaceCanvas : public PictureView {
    Q_OBJECT
  public:
    explicit FaceCanvas(const FaceTools* tools, QWidget* parent = nullptr);

    // In pixels of the picture. Kept from outside while one is dragged.
    void setLandmarks(const media::Landmarks& landmarks);
    void clearLandmarks();
    void forgetFace();   // its landmarks, and what was begun on it
    void dropPolygon();  // that is begun
    const MaskPolygon& polygon() const { return polygon_; }
    void showLandmarks(bool on);
    bool landmarksShown() const { return shown_; }
    const media::Landmarks& landmarks() const { return landmarks_; }
    bool hasLandmarks() const { return has_; }
    // Over the picture, from `origin` on; a null one for none.
    void setMaskOverlay(const QImage* overlay, QPoint origin = {});
    // Plate pixels of one picture pixel, for the ring that shows the brush.
    void setPlateScale(double platePerPicture) { platePerPicture_ = platePerPicture; }
    int chosenPoint() const { return chosen_; }
    bool busy() const { return dragging_ || stroking_; }

  Q_SIGNALS:
    // landmarks() are new: the end of a drag, or a step of a key.
    void landmarksPlaced(bool step);
    void strokeBegan(QPointF at, bool restores);
    void strokeMoved(QPointF from, QPointF to);
    void strokeEnded();
    void polygonClosed(const QPolygonF& outline);

  protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void paintOver(QPainter& painter, const QTransform& transform) const;
    void paintPoints(QPainter& painter, const QTransform& transform) const;
    int pointNear(QPointF widgetPoint) const;
    PointGrip gripOf(Qt::KeyboardModifiers modifiers) const;
    void takeHold(int point, PointGrip grip);
    void move(QPointF pictureDelta);
    // The whole face around its middle, as if what is at `from` went `to`.
    void turn(QPointF from, QPointF to);
    QPointF middle() const;
    void closePolygon();
    std::function<void()> polygonAction(const QKeyEvent* event);
    QPointF inPicture(QPointF widgetPoint) const;

    const FaceTools* tools_;
    media::Landmarks landmarks_{};
    bool has_ = false;
    bool shown_ = true;
    const QImage* overlay_ = nullptr;
    QPoint overlayOrigin_;
    double platePerPicture_ = 1;
    int hovered_ = -1;
    int chosen_ = -1;
    MaskPolygon polygon_;
    std::vector<int> held_;
    bool dragging_ = false;
    bool moved_ = false;
    bool turning_ = false;
    bool stroking_ = false;
    QPointF last_;                   // picture
    QPointF pointer_{-1000, -1000};  // widget
};

// The landmarks that belong together with this one: its eye, brow, nose, mouth or the jaw.
std::vector<int> landmarkGroup(int point);

}  // namespace understudy::ui
