// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/compare_view.h"

#include <QKeyEvent>
#include <QMetaMethod>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/models/formatting.h"
#include "ui/panels/note_marks.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kGapBetween = 4;
constexpr double kGhost = 0.25;
using Kind = media::DrawingMark::Kind;

}  // namespace

CompareView::CompareView(QWidget* parent) : PictureView(parent) {
    setObjectName("compareView");
    setMinimumSize(320, 180);
}

void CompareView::setPictures(const QImage& a, const QImage& b, const QImage& difference) {
    b_ = b;
    difference_ = difference;
    setPicture(a);
}

void CompareView::setNames(const QString& a, const QString& b) {
    nameA_ = a;
    nameB_ = b;
    update();
}

void CompareView::setMode(CompareMode mode) {
    mode_ = mode;
    update();
}

void CompareView::setSurround(const QColor& color) {
    surround_ = color;
    update();
}

void CompareView::setLookWords(const QString& words) {
    if (words != lookWords_) {
        lookWords_ = words;
        update();
    }
}

void CompareView::setCornersShown(bool on) {
    corners_ = on;
    update();
}

void CompareView::setDrawing(media::NoteDrawing drawing, media::NoteDrawing ghosts) {
    drawing_ = std::move(drawing);
    ghosts_ = std::move(ghosts);
    update();
}

void CompareView::setTool(DrawTool tool) {
    finishWords();
    mark_.reset();
    tool_ = tool;
    setCursor(tool == DrawTool::none ? Qt::ArrowCursor : Qt::CrossCursor);
    update();
}

QRectF CompareView::pane() const {
    return mode_ == CompareMode::side ? QRectF(0, 0, (width() - kGapBetween) / 2.0, height())
                                      : QRectF(rect());
}

QRectF CompareView::pictureRect() const {
    return widgetFromPicture().mapRect(QRectF(picture().rect()));
}

void CompareView::paintCorner(QPainter& painter, const QRectF& within, const QString& text,
                              bool right, bool low) const {
    if (text.isEmpty() || !corners_) {
        return;
    }
    painter.setFont(theme::font(theme::FontUse::caption));
    const QRectF shown = within.intersected(QRectF(rect()));
    const double wide = painter.fontMetrics().horizontalAdvance(text) + 12;
    const QRectF plate(right ? shown.right() - wide - 8 : shown.x() + 8,
                       low ? shown.bottom() - 26 : shown.y() + 8, wide, 18);
    painter.fillRect(plate, QColor(0x14, 0x14, 0x14, 190));
    painter.setPen(Qt::white);
    painter.drawText(plate, Qt::AlignCenter, text);
}

void CompareView::paintContent(QPainter& painter, const QTransform& transform) {
    const QRectF shown = pictureRect();
    const double at = shown.x() + shown.width() * split_;
    painter.save();
    switch (mode_) {
        case CompareMode::off:
            drawPicture(painter, picture(), transform);
            break;
        case CompareMode::second:
            drawPicture(painter, b_.isNull() ? picture() : b_, transform);
            break;
        case CompareMode::difference:
            drawPicture(painter, difference_.isNull() ? picture() : difference_, transform);
            break;
        case CompareMode::wipe:
            drawPicture(painter, picture(), transform);
            if (!b_.isNull()) {
                painter.setClipRect(QRectF(QPointF(at, 0), QPointF(width(), height())));
                drawPicture(painter, b_, transform);
            }
            break;
        case CompareMode::overlay:
            drawPicture(painter, picture(), transform);
            if (!b_.isNull()) {
                painter.setOpacity(split_);
                drawPicture(painter, b_, transform);
            }
            break;
        case CompareMode::side: {
            painter.setClipRect(pane());
            drawPicture(painter, picture(), transform);
            const double second = pane().width() + kGapBetween;
            painter.setClipRect(pane().translated(second, 0));
            if (!b_.isNull()) {
                QTransform moved = transform;
                moved *= QTransform::fromTranslate(second, 0);
                drawPicture(painter, b_, moved);
            }
            break;
        }
    }
    painter.restore();
    if (mode_ == CompareMode::wipe && !b_.isNull()) {
        painter.fillRect(QRectF(at - 1.5, shown.y(), 3, shown.height()), QColor(0x14, 0x14, 0x14));
        painter.fillRect(QRectF(at - 0.5, shown.y(), 1, shown.height()), Qt::white);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(QColor(0x14, 0x14, 0x14), 1));
        painter.setBrush(Qt::white);
        painter.drawEllipse(QPointF(at, shown.center().y()), 6, 6);
    }
}

void CompareView::paintEvent(QPaintEvent* event) {
    PictureView::paintEvent(event);
    QPainter painter(this);
    if (picture().isNull()) {
        return;
    }
    const QTransform transform = widgetFromPicture();
    const QRectF shown = pictureRect();
    painter.setClipRect(pane());
    paintMarks(painter, ghosts_, picture().size(), transform, kGhost);
    paintMarks(painter, drawing_, picture().size(), transform);
    painter.setRenderHint(QPainter::Antialiasing);
    if (mark_) {
        paintMark(painter, *mark_, picture().size(), transform);
    }
    if (!average_.isEmpty()) {
        painter.setPen(QPen(Qt::white, 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(transform.mapRect(average_));
    }
    painter.setClipping(false);
    paintCorner(painter, shown, lookWords_, false, true);
    switch (mode_) {
        case CompareMode::off:
            break;
        case CompareMode::second:
            paintCorner(painter, shown, nameB_, true);
            break;
        case CompareMode::difference:
            paintCorner(painter, shown,
                        difference_.isNull() ? tr("no difference: %1").arg(nameB_)
                                             : tr("difference x4   %1 − %2").arg(nameA_, nameB_),
                        false);
            break;
        case CompareMode::overlay:
            paintCorner(painter, shown, nameA_, false);
            paintCorner(painter, shown, tr("%1   %2 %").arg(nameB_).arg(std::lround(100 * split_)),
                        true);
            break;
        case CompareMode::wipe:
            paintCorner(painter, shown, nameA_, false);
            paintCorner(painter, shown, nameB_, true);
            break;
        case CompareMode::side: {
            const double second = pane().width() + kGapBetween;
            paintCorner(painter, shown.intersected(pane()), nameA_, false);
            paintCorner(painter,
                        shown.translated(second, 0).intersected(pane().translated(second, 0)),
                        nameB_, false);
            break;
        }
    }
}

void CompareView::moveSplit(double x) {
    const QRectF shown = pictureRect();
    split_ = std::clamp((x - shown.x()) / std::max(1.0, shown.width()), 0.0, 1.0);
    update();
}

media::DrawingPoint CompareView::normalised(QPointF point) const {
    const QPointF at = widgetFromPicture().inverted().map(point);
    constexpr double kFarthest = media::NoteDrawing::kFarthest;
    return {static_cast<float>(std::clamp(at.x() / picture().width(), -kFarthest, kFarthest)),
            static_cast<float>(std::clamp(at.y() / picture().height(), -kFarthest, kFarthest))};
}

void CompareView::mousePressEvent(QMouseEvent* event) {
    PictureView::mousePressEvent(event);
    if (event->button() != Qt::LeftButton || picture().isNull()) {
        return;
    }
    if (tool_ == DrawTool::text) {
        askForWords(event->position());
    } else if (tool_ != DrawTool::none) {
        mark_ = newMark(tool_ == DrawTool::arrow ? Kind::arrow : Kind::freehand);
        mark_->points = {normalised(event->position())};
    } else if (event->modifiers() & Qt::ShiftModifier) {
        averageFrom_ = widgetFromPicture().inverted().map(event->position());
    } else {
        average_ = {};
        Q_EMIT averaged({});
        mouseMoveEvent(event);
    }
    update();
}

void CompareView::mouseMoveEvent(QMouseEvent* event) {
    PictureView::mouseMoveEvent(event);
    if (!(event->buttons() & Qt::LeftButton) || picture().isNull()) {
        return;
    }
    if (mark_) {
        const media::DrawingPoint point = normalised(event->position());
        if (mark_->kind == Kind::arrow) {
            mark_->points.resize(2);
            mark_->points[1] = point;
        } else if (mark_->points.size() < 100'000) {
            mark_->points.push_back(point);
        }
    } else if (averageFrom_) {
        const QPointF to = widgetFromPicture().inverted().map(event->position());
        average_ = QRectF(*averageFrom_, to).normalized();
        Q_EMIT averaged(average_.toAlignedRect());
    } else if (tool_ == DrawTool::none &&
               (mode_ == CompareMode::wipe || mode_ == CompareMode::overlay)) {
        moveSplit(event->position().x());
    }
    update();
}

void CompareView::mouseReleaseEvent(QMouseEvent* event) {
    PictureView::mouseReleaseEvent(event);
    averageFrom_.reset();
    if (event->button() != Qt::LeftButton || !mark_) {
        return;
    }
    const media::DrawingMark mark = *std::exchange(mark_, std::nullopt);
    if (mark.kind == Kind::freehand || mark.points.size() == 2) {
        Q_EMIT markDrawn(mark);
    }
    update();
}

// Elsewhere Tab goes to the next field, as everywhere.
bool CompareView::presents() const {
    return isSignalConnected(QMetaMethod::fromSignal(&CompareView::presentWanted));
}

bool CompareView::focusNextPrevChild(bool next) {
    return !(next && presents()) && PictureView::focusNextPrevChild(next);
}

void CompareView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Tab && presents() && event->modifiers() == Qt::NoModifier) {
        Q_EMIT presentWanted();
    } else if (event->key() == Qt::Key_Escape && tool_ != DrawTool::none) {
        setTool(DrawTool::none);
        Q_EMIT toolLaidDown();
    } else {
        PictureView::keyPressEvent(event);
    }
}

void CompareView::askForWords(QPointF at) {
    finishWords();
    wordsAt_ = normalised(at);
    words_ = new QLineEdit(this);
    words_->setObjectName("drawnWords");
    words_->setMaxLength(400);
    words_->setPlaceholderText(tr("Words, then Return"));
    words_->setGeometry(static_cast<int>(std::min(at.x(), width() - 220.0)),
                        static_cast<int>(at.y()) - 12, 220, 24);
    words_->show();
    words_->setFocus();
    connect(words_, &QLineEdit::editingFinished, this, &CompareView::finishWords);
}

void CompareView::finishWords() {
    if (words_ == nullptr) {
        return;
    }
    const QString said = words_->text().trimmed();
    std::exchange(words_, nullptr)->deleteLater();
    setFocus();
    if (!said.isEmpty()) {
        media::DrawingMark mark = newMark(Kind::text);
        mark.points = {wordsAt_};
        mark.text = utf8(said);
        Q_EMIT markDrawn(mark);
    }
}

}  // namespace understudy::ui
