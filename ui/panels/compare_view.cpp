// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/compare_view.h"

#include <QKeyEvent>
#include <QMetaMethod>
#include <QMouseEvent>
#include <algorithm>
#include <utility>

#include "ui/models/formatting.h"
#include "ui/panels/note_marks.h"

namespace understudy::ui {
namespace {

using Kind = media::DrawingMark::Kind;

}  // namespace

CompareView::CompareView(QWidget* parent) : PictureView(parent) {
    setObjectName("compareView");
    setMinimumSize(320, 180);
}

void CompareView::setSides(CompareSide a, CompareSide b, const QImage& difference) {
    a_ = std::move(a);
    b_ = std::move(b);
    difference_ = difference;
    setPicture(std::exchange(a_.image, QImage()));
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

void CompareView::setMarksShown(bool on) {
    marks_ = on;
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

void CompareView::setSplit(double split) {
    split_ = std::clamp(split, 0.0, 1.0);
    update();
}

void CompareView::holdLook(LookDrag what) {
    held_ = what;
    setFocus();
    setCursor(Qt::SizeHorCursor);
}

media::DrawingPoint CompareView::normalised(QPointF point) const {
    const QPointF at = widgetFromPicture().inverted().map(inPane(point));
    constexpr double kFarthest = media::NoteDrawing::kFarthest;
    return {static_cast<float>(std::clamp(at.x() / picture().width(), -kFarthest, kFarthest)),
            static_cast<float>(std::clamp(at.y() / picture().height(), -kFarthest, kFarthest))};
}

void CompareView::mousePressEvent(QMouseEvent* event) {
    PictureView::mousePressEvent(event);
    if (event->button() != Qt::LeftButton || picture().isNull()) {
        return;
    }
    if (held_ != LookDrag::none) {
        dragFrom_ = event->position().x();
        Q_EMIT lookDragBegan();
    } else if (tool_ != DrawTool::none && !a_.words.isEmpty()) {
        return;  // nobody sees what they would draw on
    } else if (tool_ == DrawTool::text) {
        askForWords(event->position());
    } else if (tool_ != DrawTool::none) {
        mark_ = newMark(tool_ == DrawTool::arrow ? Kind::arrow : Kind::freehand);
        mark_->points = {normalised(event->position())};
    } else if (event->modifiers() & Qt::ShiftModifier) {
        averageFrom_ = widgetFromPicture().inverted().map(inPane(event->position()));
    } else {
        average_ = {};
        Q_EMIT averaged({});
        mouseMoveEvent(event);
    }
    update();
}

void CompareView::mouseMoveEvent(QMouseEvent* event) {
    overSecond_ = isOverSecond(event->position());
    PictureView::mouseMoveEvent(event);
    if (!(event->buttons() & Qt::LeftButton) || picture().isNull()) {
        return;
    }
    if (held_ != LookDrag::none) {
        Q_EMIT lookDragged(held_, (event->position().x() - dragFrom_) / std::max(1, width()));
    } else if (mark_) {
        const media::DrawingPoint point = normalised(event->position());
        if (mark_->kind == Kind::arrow) {
            mark_->points.resize(2);
            mark_->points[1] = point;
        } else if (mark_->points.size() < 100'000) {
            mark_->points.push_back(point);
        }
    } else if (averageFrom_) {
        const QPointF to = widgetFromPicture().inverted().map(inPane(event->position()));
        average_ = QRectF(*averageFrom_, to).normalized();
        Q_EMIT averaged(average_.toAlignedRect());
    } else if (tool_ == DrawTool::none &&
               (mode_ == CompareMode::wipe || mode_ == CompareMode::overlay)) {
        const QRectF shown = pictureRect();
        setSplit((event->position().x() - shown.x()) / std::max(1.0, shown.width()));
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

// The key that began it, or any other: whoever lets go is done.
void CompareView::keyReleaseEvent(QKeyEvent* event) {
    if (held_ != LookDrag::none && !event->isAutoRepeat()) {
        held_ = LookDrag::none;
        setCursor(tool_ == DrawTool::none ? Qt::ArrowCursor : Qt::CrossCursor);
    }
    PictureView::keyReleaseEvent(event);
}

void CompareView::focusOutEvent(QFocusEvent* event) {
    if (held_ != LookDrag::none) {
        held_ = LookDrag::none;
        setCursor(tool_ == DrawTool::none ? Qt::ArrowCursor : Qt::CrossCursor);
    }
    PictureView::focusOutEvent(event);
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
