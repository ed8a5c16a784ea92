// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/picture_view.h"

#include <QCursor>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/panels/theme.h"
#include "ui/panels/zoom_keys.h"

namespace understudy::ui {

PictureView::PictureView(QWidget* parent) : QWidget(parent), surround_(theme::kSurround) {
    setMouseTracking(true);
    setFocusPolicy(Qt::ClickFocus);
    setMinimumSize(160, 90);
    setAttribute(Qt::WA_OpaquePaintEvent);
}

void PictureView::setPicture(const QImage& image) {
    if (!image.isNull() && image.size() != size_) {  // a gap between pictures keeps the zoom
        size_ = image.size();
        frame_.fit = true;
        before_.reset();
    }
    image_ = image;
    update();
}

void PictureView::setOverlay(Overlay overlay) {
    overlay_ = std::move(overlay);
    update();
}

void PictureView::setMessage(const QString& text) {
    message_ = text;
    update();
}

void PictureView::setPixelAspect(double aspect) {
    aspect_ = aspect > 0 ? aspect : 1;
    update();
}

double PictureView::fitScale() const {
    if (image_.isNull()) {
        return 1;
    }
    return std::min(pane().width() / (image_.width() * aspect_),
                    pane().height() / static_cast<double>(image_.height()));
}

QTransform PictureView::widgetFromPicture() const {
    const double scale = this->scale();
    const QPointF centre =
        frame_.fit ? QPointF(image_.width() / 2.0, image_.height() / 2.0) : frame_.centre;
    QTransform transform;
    transform.translate(std::round(pane().center().x() - centre.x() * scale * aspect_),
                        std::round(pane().center().y() - centre.y() * scale));
    transform.scale(scale * aspect_, scale);
    return transform;
}

void PictureView::toggleFit() {
    if (frame_.fit) {
        frame_.scale = 1 / devicePixelRatioF();  // 1:1 means device pixels
        frame_.centre = {image_.width() / 2.0, image_.height() / 2.0};
    }
    frame_.fit = !frame_.fit;
    update();
}

void PictureView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), surround_);
    if (image_.isNull()) {
        painter.setFont(theme::font(theme::FontUse::body));
        painter.setPen(theme::kSecond);
        painter.drawText(rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap,
                         message_);
        return;
    }
    const QTransform transform = widgetFromPicture();
    paintContent(painter, transform);
    if (overlay_ && overlaid()) {
        painter.setRenderHint(QPainter::Antialiasing);
        overlay_(painter, transform);
    }
}

void PictureView::paintContent(QPainter& painter, const QTransform& transform) {
    drawPicture(painter, image_, transform);
}

// Only what is seen is scaled: a picture of 4K enlarged tenfold costs no more than the widget.
void PictureView::drawPicture(QPainter& painter, const QImage& image,
                              const QTransform& transform) const {
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, transform.m22() < 2);
    painter.setTransform(transform, true);
    painter.drawImage(QRectF(0, 0, image_.width(), image_.height()), image);
    painter.restore();
}

void PictureView::wheelEvent(QWheelEvent* event) {
    if (image_.isNull() || before_ || event->angleDelta().y() == 0) {
        return;
    }
    zoomAt(inPane(event->position()), std::pow(1.2, event->angleDelta().y() / 120.0));
    event->accept();
}

void PictureView::zoomAt(QPointF place, double factor) {
    const QPointF anchor = widgetFromPicture().inverted().map(place);
    frame_.scale = std::clamp(scale() * factor, 0.02, 64.0);
    frame_.fit = false;
    frame_.centre = anchor + QPointF((pane().center().x() - place.x()) / (frame_.scale * aspect_),
                                     (pane().center().y() - place.y()) / frame_.scale);
    update();
}

QPointF PictureView::zoomPlace() const {
    return underMouse() ? inPane(mapFromGlobal(QCursor::pos())) : pane().center();
}

void PictureView::zoomBy(double factor) {
    if (!image_.isNull()) {
        zoomAt(zoomPlace(), factor);
    }
}

void PictureView::zoomTo(int ratio) {
    if (!image_.isNull()) {
        zoomAt(zoomPlace(), ratio / (devicePixelRatioF() * scale()));
    }
}

void PictureView::holdZoom() {
    if (!image_.isNull() && !before_) {
        before_ = frame_;
        setFocus();
        lookCloser(zoomPlace());
    }
}

void PictureView::lookCloser(QPointF place) {
    frame_ = *before_;
    const double now = scale() * devicePixelRatioF();
    zoomAt(place, closerZoom(now) / now);
}

void PictureView::endLook() {
    if (before_) {
        frame_ = *std::exchange(before_, std::nullopt);
        update();
    }
}

// The key that began it, or any other: whoever lets go is done.
void PictureView::keyReleaseEvent(QKeyEvent* event) {
    if (!event->isAutoRepeat()) {
        endLook();
    }
    QWidget::keyReleaseEvent(event);
}

void PictureView::focusOutEvent(QFocusEvent* event) {
    endLook();
    QWidget::focusOutEvent(event);
}

void PictureView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::MiddleButton) {
        dragFrom_ = event->position();
        if (frame_.fit) {
            frame_ = {false, fitScale(), {image_.width() / 2.0, image_.height() / 2.0}};
        }
    }
    QWidget::mousePressEvent(event);
}

void PictureView::mouseMoveEvent(QMouseEvent* event) {
    if (before_) {
        lookCloser(inPane(event->position()));
    } else if (event->buttons() & Qt::MiddleButton) {
        const QPointF moved = event->position() - dragFrom_;
        frame_.centre -= QPointF(moved.x() / (frame_.scale * aspect_), moved.y() / frame_.scale);
        dragFrom_ = event->position();
        update();
    }
    if (!image_.isNull()) {
        Q_EMIT probed(widgetFromPicture().inverted().map(inPane(event->position())));
    }
}

void PictureView::mouseDoubleClickEvent(QMouseEvent*) {
    toggleFit();
}

void PictureView::leaveEvent(QEvent*) {
    Q_EMIT left();
}

}  // namespace understudy::ui
