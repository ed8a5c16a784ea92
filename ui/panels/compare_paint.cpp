// SPDX-License-Identifier: GPL-3.0-or-later
// What a comparison looks like: the two pictures, their names, and in plain words what is not the
// frame that one is at.
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/panels/compare_view.h"
#include "ui/panels/note_marks.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kGapBetween = 4;
constexpr double kGhost = 0.25;
const QColor kPlate(0x14, 0x14, 0x14, 190);  // beneath words

void paintHatch(QPainter& painter, const QRectF& where) {
    painter.fillRect(where, QColor(0x14, 0x14, 0x14, 110));
    painter.fillRect(where, QBrush(theme::kEdge, Qt::BDiagPattern));
}

}  // namespace

QRectF CompareView::pane() const {
    return mode_ == CompareMode::side ? QRectF(0, 0, (width() - kGapBetween) / 2.0, height())
                                      : QRectF(rect());
}

// From A's part to B's.
QPointF CompareView::besides() const {
    return {mode_ == CompareMode::side ? pane().width() + kGapBetween : 0, 0};
}

QPointF CompareView::inPane(QPointF place) const {
    return mode_ == CompareMode::side && place.x() >= besides().x() ? place - besides() : place;
}

QRectF CompareView::pictureRect() const {
    return widgetFromPicture().mapRect(QRectF(picture().rect()));
}

double CompareView::splitAt() const {
    const QRectF shown = pictureRect();
    return shown.x() + shown.width() * split_;
}

bool CompareView::isOverSecond(QPointF place) const {
    switch (mode_) {
        case CompareMode::second:
            return true;
        case CompareMode::side:
            return place.x() >= besides().x();
        case CompareMode::wipe:
            return place.x() >= splitAt();
        default:
            return false;
    }
}

// As large as A, whatever its own size. Where it is not there, that is seen; where there is nothing
// to compare with, A goes on.
void CompareView::paintSecond(QPainter& painter, const QTransform& transform) const {
    const QRectF whole = QRectF(picture().rect());
    if (!b_.image.isNull()) {
        QTransform sized = transform;
        sized.scale(whole.width() / b_.image.width(), whole.height() / b_.image.height());
        drawPicture(painter, b_.image, sized);
    } else if (b_.words.isEmpty()) {
        drawPicture(painter, picture(), transform);
    } else {
        painter.fillRect(transform.mapRect(whole), theme::kBase);
        paintHatch(painter, transform.mapRect(whole));
    }
}

void CompareView::paintDifference(QPainter& painter, const QTransform& transform) const {
    if (difference_.isNull() && !b_.words.isEmpty()) {
        paintSecond(painter, transform);
    } else {
        drawPicture(painter, difference_.isNull() ? picture() : difference_, transform);
    }
}

void CompareView::paintContent(QPainter& painter, const QTransform& transform) {
    painter.save();
    switch (mode_) {
        case CompareMode::off:
            drawPicture(painter, picture(), transform);
            break;
        case CompareMode::second:
            paintSecond(painter, transform);
            break;
        case CompareMode::difference:
            paintDifference(painter, transform);
            break;
        case CompareMode::wipe:
            drawPicture(painter, picture(), transform);
            painter.setClipRect(QRectF(QPointF(splitAt(), 0), QPointF(width(), height())));
            paintSecond(painter, transform);
            break;
        case CompareMode::overlay:
            drawPicture(painter, picture(), transform);
            painter.setOpacity(split_);
            paintSecond(painter, transform);
            break;
        case CompareMode::side:
            painter.setClipRect(pane());
            drawPicture(painter, picture(), transform);
            painter.setClipRect(pane().translated(besides()));
            paintSecond(painter,
                        transform * QTransform::fromTranslate(besides().x(), besides().y()));
            break;
    }
    painter.restore();
    if (mode_ == CompareMode::wipe) {
        paintSplit(painter);
    }
}

void CompareView::paintSplit(QPainter& painter) const {
    if (b_.image.isNull() && b_.words.isEmpty()) {
        return;
    }
    const QRectF shown = pictureRect();
    const double at = splitAt();
    painter.fillRect(QRectF(at - 1.5, shown.y(), 3, shown.height()), QColor(0x14, 0x14, 0x14));
    painter.fillRect(QRectF(at - 0.5, shown.y(), 1, shown.height()), Qt::white);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(QColor(0x14, 0x14, 0x14), 1));
    painter.setBrush(Qt::white);
    painter.drawEllipse(QPointF(at, shown.center().y()), 6, 6);
}

void CompareView::paintEvent(QPaintEvent* event) {
    PictureView::paintEvent(event);
    if (picture().isNull()) {
        return;
    }
    QPainter painter(this);
    const QTransform transform = widgetFromPicture();
    painter.setClipRect(pane());
    paintDrawn(painter, transform);
    if (mode_ == CompareMode::side) {
        painter.setClipRect(pane().translated(besides()));
        paintDrawn(painter, transform * QTransform::fromTranslate(besides().x(), besides().y()));
    }
    painter.setClipping(false);
    paintWords(painter);
    paintCorners(painter);
}

void CompareView::paintDrawn(QPainter& painter, const QTransform& transform) const {
    if (overlaid()) {
        paintMarks(painter, ghosts_, picture().size(), transform, kGhost);
        paintMarks(painter, drawing_, picture().size(), transform);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    if (mark_) {
        paintMark(painter, *mark_, picture().size(), transform);
    }
    if (!average_.isEmpty()) {
        painter.setPen(QPen(Qt::white, 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(transform.mapRect(average_));
    }
}

// In the middle of each part: why it does not show the frame. What only takes a moment leaves the
// picture as it was.
void CompareView::paintWords(QPainter& painter) const {
    const QRectF all = pictureRect();
    QRectF first = all.intersected(pane());
    QRectF second = all.translated(besides()).intersected(pane().translated(besides()));
    if (mode_ == CompareMode::wipe) {
        first.setRight(std::clamp(splitAt(), first.left(), first.right()));
        second.setLeft(first.right());
    } else if (mode_ == CompareMode::second) {
        first = {};
    } else if (mode_ == CompareMode::off) {
        second = {};
    } else if (mode_ != CompareMode::side && !a_.words.isEmpty()) {
        second = {};  // one sentence over the same pixels
    }
    painter.setFont(theme::font(theme::FontUse::body));
    for (const auto& [side, where] : {std::pair(&a_, first), std::pair(&b_, second)}) {
        if (side->words.isEmpty() || where.isEmpty()) {
            continue;
        }
        if (side->hatched && side == &a_) {
            paintHatch(painter, where);
        }
        const int most = std::max(40, static_cast<int>(where.width()) - 24);
        const QRectF words = painter.boundingRect(QRectF(0, 0, std::min(most, 520), 400),
                                                  Qt::AlignCenter | Qt::TextWordWrap, side->words);
        QRectF plate(0, 0, words.width() + 24, words.height() + 12);
        plate.moveCenter(where.center());
        painter.fillRect(plate, kPlate);
        painter.setPen(Qt::white);
        painter.drawText(plate, Qt::AlignCenter | Qt::TextWordWrap, side->words);
    }
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
    painter.fillRect(plate, kPlate);
    painter.setPen(Qt::white);
    painter.drawText(plate, Qt::AlignCenter, text);
}

void CompareView::paintCorners(QPainter& painter) const {
    const QRectF shown = pictureRect();
    paintCorner(painter, shown, lookWords_, false, true);
    const bool hides = !marks_ && !drawing_.empty();
    paintCorner(painter, shown, hides ? tr("drawings hidden (H)") : QString(), true, true);
    if (b_.name.isEmpty()) {
        return;  // nobody needs to be told which of them it is
    }
    switch (mode_) {
        case CompareMode::off:
            paintCorner(painter, shown, a_.name, false);
            break;
        case CompareMode::second:
            paintCorner(painter, shown,
                        b_.image.isNull() && b_.words.isEmpty()
                            ? tr("%1   %2").arg(a_.name, b_.name)
                            : b_.name,
                        true);
            break;
        case CompareMode::difference:
            paintCorner(painter, shown,
                        difference_.isNull() ? tr("no difference: %1").arg(b_.name)
                                             : tr("difference x4   %1 − %2").arg(a_.name, b_.name),
                        false);
            break;
        case CompareMode::overlay:
            paintCorner(painter, shown, a_.name, false);
            paintCorner(painter, shown, tr("%1   %2 %").arg(b_.name).arg(std::lround(100 * split_)),
                        true);
            break;
        case CompareMode::wipe:
            paintCorner(painter, shown, a_.name, false);
            paintCorner(painter, shown, b_.name, true);
            break;
        case CompareMode::side:
            paintCorner(painter, shown.intersected(pane()), a_.name, false);
            paintCorner(painter,
                        shown.translated(besides()).intersected(pane().translated(besides())),
                        b_.name, false);
            break;
    }
}

}  // namespace understudy::ui
