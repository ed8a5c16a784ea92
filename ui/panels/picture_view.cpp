// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/picture_view.h"

#include <QCursor>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/panels/theme.h"

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
        fit_ = true;
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
    const double scale = fit_ ? fitScale() : scale_;
    const QPointF centre = fit_ ? QPointF(image_.width() / 2.0, image_.height() / 2.0) : centre_;
    QTransform transform;
    transform.translate(std::round(pane().center().x() - centre.x() * scale * aspect_),
                        std::round(pane().center().y() - centre.y() * scale));
    transform.scale(scale * aspect_, scale);
    return transform;
}

void PictureView::toggleFit() {
    if (fit_) {
        scale_ = 1 / devicePixelRatioF();  // 1:1 means device pixels
        centre_ = {image_.width() / 2.0, image_.height() / 2.0};
    }
    fit_ = !fit_;
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
    if (image_.isNull() || event->angleDelta().y() == 0) {
        return;
    }
    zoomAt(inPane(event->position()), std::pow(1.2, event->angleDelta().y() / 120.0));
    event->accept();
}

void PictureView::zoomAt(QPointF place, double factor) {
    const QPointF anchor = widgetFromPicture().inverted().map(place);
    scale_ = std::clamp((fit_ ? fitScale() : scale_) * factor, 0.02, 64.0);
    fit_ = false;
    centre_ = anchor + QPointF((pane().center().x() - place.x()) / (scale_ * aspect_),
                               (pane().center().y() - place.y()) / scale_);
    update();
}

void PictureView::zoomBy(double factor) {
    if (!image_.isNull()) {
        zoomAt(underMouse() ? inPane(mapFromGlobal(QCursor::pos())) : pane().center(), factor);
    }
}

void PictureView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::MiddleButton) {
        dragFrom_ = event->position();
        if (fit_) {
            scale_ = fitScale();
            centre_ = {image_.width() / 2.0, image_.height() / 2.0};
            fit_ = false;
        }
    }
    QWidget::mousePressEvent(event);
}

void PictureView::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::MiddleButton) {
        const QPointF moved = event->position() - dragFrom_;
        centre_ -= QPointF(moved.x() / (scale_ * aspect_), moved.y() / scale_);
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
