// SPDX-License-Identifier: GPL-3.0-or-later
// Shows one picture on a neutral surround: fitted or zoomed at the pointer, with marks drawn over
// it by whoever owns it. Pixels are never scaled smoothly when enlarged beyond 2:1.
#pragma once

#include <QColor>
#include <QImage>
#include <QTransform>
#include <QWidget>
#include <functional>
#include <optional>

namespace understudy::ui {

class PictureView : public QWidget {
    Q_OBJECT
  public:
    explicit PictureView(QWidget* parent = nullptr);

    void setPicture(const QImage& image);
    const QImage& picture() const { return image_; }
    // Called after the picture was drawn; the transform takes picture pixels to the widget.
    using Overlay = std::function<void(QPainter&, const QTransform& widgetFromPicture)>;
    void setOverlay(Overlay overlay);
    // What is shown on the surround while there is no picture.
    void setMessage(const QString& text);
    void setPixelAspect(double aspect);

    void toggleFit();
    void zoomBy(double factor);  // about the pointer where it is over the picture, else the middle
    bool fitted() const { return frame_.fit; }
    void zoomTo(int ratio);  // pixels of the screen for one of the picture, about the same place
    // Closer to what is under the pointer, which leads, until a key is let go.
    void holdZoom();
    QTransform widgetFromPicture() const;

  Q_SIGNALS:
    void probed(QPointF picturePoint);  // centres at +0.5; outside the picture too
    void left();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

    // The part of the widget that shows the picture; the whole of it here.
    virtual QRectF pane() const { return rect(); }
    // Where the same picture point is in that part, for places in another one.
    virtual QPointF inPane(QPointF place) const { return place; }
    // Whether what lies over the picture belongs to what is shown.
    virtual bool overlaid() const { return true; }
    // Draws the picture; the transform takes its pixels to the widget.
    virtual void paintContent(QPainter& painter, const QTransform& widgetFromPicture);
    void drawPicture(QPainter& painter, const QImage& image,
                     const QTransform& widgetFromPicture) const;
    QColor surround_;

  private:
    // What part of the picture is seen, and how large.
    struct Frame {
        bool fit = true;
        double scale = 1;  // used when not fitted
        QPointF centre;    // picture point in the middle of the widget
    };
    double fitScale() const;
    double scale() const { return frame_.fit ? fitScale() : frame_.scale; }
    QPointF zoomPlace() const;
    void zoomAt(QPointF place, double factor);
    void lookCloser(QPointF place);
    void endLook();

    QImage image_;
    QSize size_;  // of the last picture that was one
    Overlay overlay_;
    QString message_;
    double aspect_ = 1;
    Frame frame_;
    std::optional<Frame> before_;  // a closer look
    QPointF dragFrom_;
};

}  // namespace understudy::ui
