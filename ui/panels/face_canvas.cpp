// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/face_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

#include "ui/panels/clip_viewer.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr double kNear = 10;  // pixels on the screen
constexpr std::pair<int, int> kGroups[] = {{0, 16},  {17, 21}, {22, 26}, {27, 35},
                                           {36, 41}, {42, 47}, {48, 67}};

}  // namespace

std::vector<int> landmarkGroup(int point) {
    std::vector<int> group;
    for (const auto& [first, last] : kGroups) {
        if (point >= first && point <= last) {
            group.resize(static_cast<size_t>(last - first + 1));
            std::iota(group.begin(), group.end(), first);
        }
    }
    return group;
}

FaceCanvas::FaceCanvas(const FaceTools* tools, QWidget* parent)
    : PictureView(parent), tools_(tools) {
    setOverlay(
        [this](QPainter& painter, const QTransform& transform) { paintOver(painter, transform); });
    connect(tools_, &FaceTools::toolChanged, this, [this] {
        chosen_ = -1;
        polygon_.drop();
        setCursor(tools_->tool() == FaceTool::view ? Qt::ArrowCursor
                  : tools_->paints()               ? Qt::BlankCursor
                                                   : Qt::CrossCursor);
        update();
    });
    connect(tools_, &FaceTools::brushChanged, this, [this] { update(); });
}

void FaceCanvas::setLandmarks(const media::Landmarks& landmarks) {
    if (!dragging_) {
        landmarks_ = landmarks;
        has_ = true;
        update();
    }
}

void FaceCanvas::clearLandmarks() {
    has_ = false;
    dragging_ = false;
    stroking_ = false;
    chosen_ = -1;
    hovered_ = -1;
    update();
}

void FaceCanvas::forgetFace() {
    polygon_.drop();
    clearLandmarks();
}

void FaceCanvas::dropPolygon() {
    polygon_.drop();
    update();
}

void FaceCanvas::showLandmarks(bool on) {
    shown_ = on;
    update();
}

void FaceCanvas::setMaskOverlay(const QImage* overlay, QPoint origin) {
    overlay_ = overlay;
    overlayOrigin_ = origin;
    update();
}

QPointF FaceCanvas::inPicture(QPointF widgetPoint) const {
    return widgetFromPicture().inverted().map(widgetPoint);
}

void FaceCanvas::paintOver(QPainter& painter, const QTransform& transform) const {
    if (overlay_ != nullptr && !picture().isNull()) {
        painter.save();
        painter.setTransform(transform);
        painter.drawImage(overlayOrigin_, *overlay_);
        painter.restore();
    }
    if (has_ && (shown_ || tools_->tool() == FaceTool::points)) {
        paintLandmarks(painter, landmarks_, transform);
        if (tools_->tool() == FaceTool::points) {
            paintPoints(painter, transform);
        }
    }
    polygon_.paint(painter, transform, pointer_, tools_->tool() == FaceTool::excluding);
    if (tools_->paints()) {
        const double radius = tools_->radius() / std::max(1e-6, platePerPicture_) * transform.m22();
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QColor(0, 0, 0, 150), 3));
        painter.drawEllipse(pointer_, radius, radius);
        painter.setPen(QPen(Qt::white, 1));
        painter.drawEllipse(pointer_, radius, radius);
        const double core = radius * (1 - tools_->softness());
        if (core > 2 && core < radius - 2) {
            painter.setPen(QPen(QColor(255, 255, 255, 110), 1, Qt::DotLine));
            painter.drawEllipse(pointer_, core, core);
        }
    }
}

void FaceCanvas::paintPoints(QPainter& painter, const QTransform& transform) const {
    if (tools_->grip() == PointGrip::turn || (dragging_ && turning_)) {
        const QPointF at = transform.map(middle());
        for (const auto& [width, color] :
             {std::pair{3, QColor(0, 0, 0, 150)}, std::pair{1, QColor(Qt::white)}}) {
            painter.setPen(QPen(color, width));
            painter.drawLine(at - QPointF(6, 0), at + QPointF(6, 0));
            painter.drawLine(at - QPointF(0, 6), at + QPointF(0, 6));
        }
    }
    for (int i = 0; i < media::kLandmarkCount; ++i) {
        const media::Point& point = landmarks_[static_cast<size_t>(i)];
        const QPointF at = transform.map(QPointF(point.x, point.y));
        const bool held = std::find(held_.begin(), held_.end(), i) != held_.end() && dragging_;
        const bool marked = held || i == hovered_ || i == chosen_;
        painter.setPen(QPen(QColor(0, 0, 0, 180), 1));
        painter.setBrush(i == chosen_ || held ? theme::kAccent : QColor(Qt::white));
        const double radius = marked ? 4 : 2;
        painter.drawEllipse(at, radius, radius);
    }
}

int FaceCanvas::pointNear(QPointF widgetPoint) const {
    if (!has_) {
        return -1;
    }
    const QTransform transform = widgetFromPicture();
    int nearest = -1;
    double least = kNear;
    for (int i = 0; i < media::kLandmarkCount; ++i) {
        const media::Point& point = landmarks_[static_cast<size_t>(i)];
        const QPointF apart = transform.map(QPointF(point.x, point.y)) - widgetPoint;
        const double far = std::hypot(apart.x(), apart.y());
        if (far < least) {
            least = far;
            nearest = i;
        }
    }
    return nearest;
}

PointGrip FaceCanvas::gripOf(Qt::KeyboardModifiers modifiers) const {
    const bool whole = modifiers & Qt::ControlModifier;
    const bool group = modifiers & Qt::ShiftModifier;
    return whole && group ? PointGrip::turn
           : whole        ? PointGrip::whole
           : group        ? PointGrip::group
                          : tools_->grip();
}

void FaceCanvas::takeHold(int point, PointGrip grip) {
    turning_ = grip == PointGrip::turn;
    if (grip == PointGrip::whole || turning_) {
        held_.resize(media::kLandmarkCount);
        std::iota(held_.begin(), held_.end(), 0);
    } else {
        held_ = grip == PointGrip::group ? landmarkGroup(point) : std::vector<int>{point};
    }
}

void FaceCanvas::move(QPointF delta) {
    for (const int i : held_) {
        media::Point& point = landmarks_[static_cast<size_t>(i)];
        point = point + media::Point{delta.x(), delta.y()};
    }
    update();
}

QPointF FaceCanvas::middle() const {
    QPointF sum;
    for (const media::Point& point : landmarks_) {
        sum += QPointF(point.x, point.y);
    }
    return sum / media::kLandmarkCount;
}

void FaceCanvas::turn(QPointF from, QPointF to) {
    const QPointF at = middle();
    const std::complex<double> was(from.x() - at.x(), from.y() - at.y());
    const std::complex<double> is(to.x() - at.x(), to.y() - at.y());
    const double least = 4 / std::max(1e-6, widgetFromPicture().m22());  // pixels on the screen
    if (std::abs(was) < least || std::abs(is) < least) {
        return;  // so near the middle every twitch turns far
    }
    const std::complex<double> by = is / was;
    for (media::Point& point : landmarks_) {
        const auto placed = by * std::complex<double>(point.x - at.x(), point.y - at.y());
        point = {at.x() + placed.real(), at.y() + placed.imag()};
    }
    update();
}

void FaceCanvas::mousePressEvent(QMouseEvent* event) {
    PictureView::mousePressEvent(event);
    if (event->button() != Qt::LeftButton || picture().isNull()) {
        return;
    }
    last_ = inPicture(event->position());
    if (tools_->tool() == FaceTool::points && has_) {
        const PointGrip grip = gripOf(event->modifiers());
        chosen_ = pointNear(event->position());
        if (chosen_ >= 0 || grip == PointGrip::whole || grip == PointGrip::turn) {
            takeHold(chosen_, grip);
            dragging_ = true;
            moved_ = false;
        }
        update();
    } else if (tools_->outlines()) {
        if (polygon_.closesAt(event->position(), widgetFromPicture())) {
            closePolygon();
        } else {
            polygon_.add(last_);
        }
        update();
    } else if (tools_->paints()) {
        stroking_ = true;
        Q_EMIT strokeBegan(last_, event->modifiers() & Qt::AltModifier);
        Q_EMIT strokeMoved(last_, last_);
    }
}

void FaceCanvas::mouseMoveEvent(QMouseEvent* event) {
    PictureView::mouseMoveEvent(event);
    pointer_ = event->position();
    const QPointF at = inPicture(event->position());
    if (dragging_) {
        moved_ = moved_ || at != last_;
        turning_ ? turn(last_, at) : move(at - last_);
    } else if (stroking_) {
        Q_EMIT strokeMoved(last_, at);
    } else if (tools_->tool() == FaceTool::points) {
        const int near = pointNear(event->position());
        if (near != hovered_) {
            hovered_ = near;
            update();
        }
    }
    last_ = at;
    if (tools_->paints() || polygon_.begun()) {
        update();
    }
}

void FaceCanvas::mouseReleaseEvent(QMouseEvent* event) {
    PictureView::mouseReleaseEvent(event);
    if (event->button() != Qt::LeftButton) {
        return;
    }
    if (std::exchange(dragging_, false) && moved_) {
        Q_EMIT landmarksPlaced(false);
    }
    if (std::exchange(stroking_, false)) {
        Q_EMIT strokeEnded();
    }
    update();
}

void FaceCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (tools_->tool() == FaceTool::view) {
        PictureView::mouseDoubleClickEvent(event);
    } else if (!tools_->outlines()) {  // or two points at one place
        mousePressEvent(event);        // two quick strokes or drags
    }
}

void FaceCanvas::leaveEvent(QEvent* event) {
    pointer_ = {-1000, -1000};
    hovered_ = -1;
    update();
    PictureView::leaveEvent(event);
}

void FaceCanvas::closePolygon() {
    const QPolygonF outline = polygon_.points();
    polygon_.drop();
    Q_EMIT polygonClosed(outline);
}

// What a key does to the polygon that is begun; it is its own before it is anybody's shortcut.
std::function<void()> FaceCanvas::polygonAction(const QKeyEvent* event) {
    if (!polygon_.begun() || event->modifiers() & ~Qt::KeypadModifier) {
        return {};
    }
    switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            return [this] {
                if (polygon_.complete()) {
                    closePolygon();
                }
            };
        case Qt::Key_Backspace:
            return [this] { polygon_.takeBack(); };
        case Qt::Key_Escape:
            return [this] { polygon_.drop(); };
        default:
            return {};
    }
}

bool FaceCanvas::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride &&
        polygonAction(static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return PictureView::event(event);
}

void FaceCanvas::keyPressEvent(QKeyEvent* event) {
    if (const auto action = polygonAction(event)) {
        action();
        update();
        return;
    }
    if (tools_->tool() != FaceTool::points || !has_ || dragging_) {
        return PictureView::keyPressEvent(event);
    }
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    if (event->key() == Qt::Key_N) {
        const int count = media::kLandmarkCount;
        chosen_ = chosen_ < 0 ? 0 : (chosen_ + (shift ? count - 1 : 1)) % count;
        update();
        return;
    }
    const QPointF step = event->key() == Qt::Key_Left    ? QPointF(-1, 0)
                         : event->key() == Qt::Key_Right ? QPointF(1, 0)
                         : event->key() == Qt::Key_Up    ? QPointF(0, -1)
                         : event->key() == Qt::Key_Down  ? QPointF(0, 1)
                                                         : QPointF();
    const PointGrip grip = tools_->grip();
    if (step.isNull() || (chosen_ < 0 && grip != PointGrip::whole && grip != PointGrip::turn)) {
        return PictureView::keyPressEvent(event);
    }
    // A pixel of the plate, a degree or a hundredth of its size; ten with Shift.
    takeHold(chosen_, grip);
    const double steps = shift ? 10 : 1;
    if (turning_) {
        const double angle = step.x() * steps * std::numbers::pi / 180;
        const double scale = 1 - step.y() * steps / 100;
        const QPointF from(1000, 0);
        turn(middle() + from, middle() + 1000 * scale * QPointF(std::cos(angle), std::sin(angle)));
    } else {
        move(step * steps / std::max(1e-6, platePerPicture_));
    }
    Q_EMIT landmarksPlaced(true);
}

}  // namespace understudy::ui
