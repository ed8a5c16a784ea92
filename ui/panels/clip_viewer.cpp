// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/clip_viewer.h"

#include <QPainter>
#include <QPainterPath>
#include <set>

namespace understudy::ui {
namespace {

struct Stroke {
    int first;
    int last;
    bool closed;
};

constexpr Stroke kStrokes[] = {{0, 16, false},  {17, 21, false}, {22, 26, false},
                               {27, 30, false}, {31, 35, false}, {36, 41, true},
                               {42, 47, true},  {48, 59, true},  {60, 67, true}};

}  // namespace

void paintLandmarks(QPainter& painter, const media::Landmarks& landmarks,
                    const QTransform& transform) {
    QPainterPath path;
    for (const Stroke& stroke : kStrokes) {
        for (int i = stroke.first; i <= stroke.last; ++i) {
            const auto& point = landmarks[static_cast<size_t>(i)];
            const QPointF at = transform.map(QPointF(point.x, point.y));
            i == stroke.first ? path.moveTo(at) : path.lineTo(at);
        }
        if (stroke.closed) {
            path.closeSubpath();
        }
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
    painter.setPen(QPen(Qt::white, 1, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
    painter.restore();
}

ClipViewer::ClipViewer(const std::shared_ptr<QThreadPool>& threads, int64_t mostBytes)
    : Player(threads, mostBytes) {
    view()->setObjectName("clipPicture");
    connect(this, &Player::opened, this, [this] { setFaces(std::move(faces_)); });
    view()->setOverlay(
        [this](QPainter& painter, const QTransform& transform) { paintFace(painter, transform); });
    setClip({}, {}, {});
}

void ClipViewer::setClip(const QString& title, const QString& path, const media::ReadAs& as,
                         const QString& message) {
    faces_.clear();
    setSource({title, path, {}, as}, std::nullopt,
              path.isEmpty() ? message : tr("Opening %1…").arg(title), as.rate);
}

void ClipViewer::setFaces(std::map<int64_t, media::Landmarks> faces) {
    faces_ = std::move(faces);
    std::set<int64_t> frames;
    for (const auto& [frame, landmarks] : faces_) {
        frames.insert(frame);
    }
    ruler()->setFacesFound(frames);
    view()->update();
}

void ClipViewer::setOutlines(bool on) {
    outlines_ = on;
    view()->update();
}

void ClipViewer::paintFace(QPainter& painter, const QTransform& transform) const {
    if (!outlines_) {
        return;
    }
    if (const auto face = faces_.find(shownFrame()); face != faces_.end()) {
        paintLandmarks(painter, face->second, transform);
    }
}

}  // namespace understudy::ui
