// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/clip_viewer.h"

#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "ui/models/formatting.h"

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

ClipViewer::ClipViewer(QWidget* parent, int64_t mostBytes)
    : QWidget(parent), loader_(nullptr, mostBytes) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* header = new QWidget;
    header->setFixedHeight(theme::kHeaderHeight);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(12);
    title_ = new ElidedLabel;
    title_->setFont(theme::font(theme::FontUse::title));
    row->addWidget(title_, 1);
    details_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    row->addWidget(details_);
    column->addWidget(header);
    view_ = new PictureView;
    view_->setObjectName("clipPicture");
    column->addWidget(view_, 1);
    ruler_ = new FrameRuler;
    column->addWidget(ruler_);
    transport_ = new TransportBar;
    column->addWidget(transport_);
    probe_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    probe_->setFixedHeight(20);
    probe_->setContentsMargins(12, 0, 12, 4);
    column->addWidget(probe_);

    connect(ruler_, &FrameRuler::frameRequested, this, [this](qint64 frame) {
        transport_->setPlaying(false);
        transport_->seek(frame);
    });
    connect(transport_, &TransportBar::frameWanted, this, &ClipViewer::want);
    connect(view_, &PictureView::probed, this, &ClipViewer::probe);
    connect(view_, &PictureView::left, this, [this] { probe_->clear(); });
    connect(&loader_, &FrameLoader::opened, this, [this] {
        const media::SourceInfo& info = *loader_.info();
        view_->setPixelAspect(info.pixelAspect);
        ruler_->setRange(info.first, info.last, info.missing);
        transport_->setRange(info.first, info.last, fps_ > 0 ? fps_ : info.rate.value());
        details_->setText(tr("%1 × %2   %3 bit   %4")
                              .arg(info.width)
                              .arg(info.height)
                              .arg(info.bitDepth)
                              .arg(text(info.encoding.name)));
        setFaces(std::move(faces_));
        transport_->seek(info.first);
    });
    connect(&loader_, &FrameLoader::failed, this, &ClipViewer::showFailure);
    connect(&loader_, &FrameLoader::frameArrived, this, [this](qint64 frame) {
        ruler_->setCached(loader_.frames());
        if (frame == transport_->frame()) {
            view_->setPicture(loader_.get(frame));
        }
    });
    connect(&loader_, &FrameLoader::frameFailed, this, [this](qint64 frame, const Error& error) {
        if (frame == transport_->frame()) {
            showFailure(error);
        }
    });
    view_->setOverlay(
        [this](QPainter& painter, const QTransform& transform) { paintFace(painter, transform); });
    setClip({}, {}, 24);
}

void ClipViewer::setClip(const QString& title, const QString& path, double fps,
                         const QString& message) {
    transport_->setPlaying(false);
    fps_ = fps;
    faces_.clear();
    title_->setFullText(title);
    details_->clear();
    view_->setMessage(path.isEmpty() ? message : tr("Opening %1…").arg(title));
    view_->setPicture({});
    ruler_->setRange(1, 0, {});
    transport_->setRange(1, 0, fps);
    loader_.setPath(path);
}

void ClipViewer::setFaces(std::map<int64_t, media::Landmarks> faces) {
    faces_ = std::move(faces);
    std::set<int64_t> frames;
    for (const auto& [frame, landmarks] : faces_) {
        frames.insert(frame);
    }
    ruler_->setFacesFound(frames);
    view_->update();
}

void ClipViewer::setOutlines(bool on) {
    outlines_ = on;
    view_->update();
}

void ClipViewer::want(int64_t frame) {
    ruler_->setFrame(frame);
    const auto failure = loader_.failure(frame);  // asking again may forget it
    const QImage image = loader_.get(frame);
    transport_->shown(!image.isNull());
    if (!image.isNull()) {
        view_->setPicture(image);
    } else if (failure) {
        showFailure(*failure);
    }
}

void ClipViewer::showFailure(const Error& error) {
    view_->setMessage(errorText(error));
    view_->setPicture({});
}

void ClipViewer::paintFace(QPainter& painter, const QTransform& transform) const {
    if (!outlines_) {
        return;
    }
    if (const auto face = faces_.find(transport_->frame()); face != faces_.end()) {
        paintLandmarks(painter, face->second, transform);
    }
}

void ClipViewer::probe(QPointF point) {
    const QImage& image = view_->picture();
    const QPoint at(static_cast<int>(std::floor(point.x())),
                    static_cast<int>(std::floor(point.y())));
    if (image.isNull() || !image.rect().contains(at)) {
        probe_->clear();
        return;
    }
    const QRgb value = image.pixel(at);
    probe_->setText(tr("x %1  y %2   display %3 %4 %5")
                        .arg(at.x(), 4)
                        .arg(at.y(), 4)
                        .arg(qRed(value), 3)
                        .arg(qGreen(value), 3)
                        .arg(qBlue(value), 3));
}

}  // namespace understudy::ui
