// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/faces_grid.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "ui/models/formatting.h"
#include "ui/panels/icons.h"
#include "ui/panels/large_face.h"
#include "ui/panels/performer_mark.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kMargin = 8;
constexpr int kHoverButton = 24;

}  // namespace

FacesGrid::FacesGrid(FacesModel* model, ThumbnailCache* cache, QWidget* parent)
    : QAbstractScrollArea(parent), model_(model), cache_(cache) {
    setObjectName("facesGrid");
    setFocusPolicy(Qt::StrongFocus);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    const auto repaint = [this] { viewport()->update(); };
    connect(model_, &FacesModel::layoutChanged, this, [this] {
        endLook();
        updateRange();
        viewport()->update();
    });
    connect(model_, &FacesModel::statesChanged, this, repaint);
    connect(model_, &FacesModel::selectionChanged, this, repaint);
    connect(model_, &FacesModel::currentChanged, this, [this] {
        if (model_->current() >= 0 && !dragging_) {
            makeVisible(model_->current());
        }
        viewport()->update();
    });
    connect(cache_, &ThumbnailCache::arrived, this, repaint);
}

void FacesGrid::setPictureSize(int size) {
    const int keep = model_->current() >= 0 ? model_->current() : rowAt({left() + 4, kMargin + 4});
    size_ = std::clamp(size, 48, 384);
    updateRange();
    if (keep >= 0) {
        makeVisible(keep);
    }
    viewport()->update();
}

int FacesGrid::columns() const {
    return std::max(1, (viewport()->width() - 2 * kMargin) / cellWidth());
}

int FacesGrid::left() const {
    return kMargin;
}

void FacesGrid::updateRange() {
    const int lines = (model_->rows() + columns() - 1) / columns();
    const int height = lines * cellHeight() + 2 * kMargin;
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(cellHeight() / 2);
}

QRect FacesGrid::cellRect(int row) const {
    const int perLine = columns();
    return {left() + row % perLine * cellWidth(),
            kMargin + row / perLine * cellHeight() - verticalScrollBar()->value(), cellWidth(),
            cellHeight()};
}

int FacesGrid::rowAt(const QPoint& point) const {
    const int column = (point.x() - left()) / cellWidth();
    const int line = (point.y() - kMargin + verticalScrollBar()->value()) / cellHeight();
    if (point.x() < left() || column >= columns() ||
        point.y() + verticalScrollBar()->value() < kMargin) {
        return -1;
    }
    const int row = line * columns() + column;
    return row < model_->rows() ? row : -1;
}

void FacesGrid::makeVisible(int row) {
    const QRect cell = cellRect(row);
    if (cell.top() < 0) {
        verticalScrollBar()->setValue(verticalScrollBar()->value() + cell.top() - kMargin);
    } else if (cell.bottom() > viewport()->height()) {
        verticalScrollBar()->setValue(verticalScrollBar()->value() + cell.bottom() -
                                      viewport()->height() + kMargin);
    }
}

void FacesGrid::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), theme::kSurround);
    if (model_->rows() == 0) {
        return;
    }
    const int top = verticalScrollBar()->value() - kMargin;
    const int firstLine = std::max(0, top / cellHeight());
    const int lastLine = (top + viewport()->height()) / cellHeight();
    const int first = firstLine * columns();
    const int last = std::min(model_->rows(), (lastLine + 1) * columns()) - 1;
    for (int row = first; row <= last; ++row) {
        paintCell(painter, row);
    }
    paintLasso(painter);
    askAhead(first, last);
}

// One screen each way, after what is visible: it waits in the queue behind it.
void FacesGrid::askAhead(int first, int last) {
    const int screen = last - first + 1;
    const int pixels = static_cast<int>(size_ * devicePixelRatioF());
    if (cache_->pending() > static_cast<size_t>(4 * screen)) {
        return;
    }
    for (int row = last + 1; row <= std::min(model_->rows() - 1, last + screen); ++row) {
        cache_->get(*model_, model_->face(row), pixels);
    }
    for (int row = first - 1; row >= std::max(0, first - screen); --row) {
        cache_->get(*model_, model_->face(row), pixels);
    }
}

void FacesGrid::paintCell(QPainter& painter, int row) {
    const FaceItem& face = model_->face(row);
    const QRect cell = cellRect(row);
    const bool isSelected = model_->selected(row);
    const bool isCurrent = row == model_->current();
    if (isSelected) {
        painter.fillRect(cell.adjusted(1, 1, -1, -1), theme::kSelected);
    }
    const QRect picture(cell.x() + 4, cell.y() + 4, size_, size_);
    const QImage image = cache_->get(*model_, face, static_cast<int>(size_ * devicePixelRatioF()));
    if (image.isNull()) {
        painter.fillRect(picture, theme::kBase);
        if (face.record < 0) {
            painter.setFont(theme::font(theme::FontUse::caption));
            painter.setPen(theme::kHint);
            painter.drawText(picture, Qt::AlignCenter | Qt::TextWordWrap, tr("no picture"));
        }
    } else if (face.state == media::ReviewState::reject) {
        painter.fillRect(picture, theme::kGap);
        painter.setOpacity(0.35);
        painter.drawImage(picture, image);
        painter.setOpacity(1);
    } else {
        painter.drawImage(picture, image);
    }
    paintMarks(painter, face, picture, row == hovered_);
    painter.setFont(theme::font(theme::FontUse::numberCaption));
    painter.setPen(isSelected ? QColor(Qt::white) : theme::kSecond);
    const QRect caption(cell.x() + 5, picture.bottom() + 3, size_ - 2, 18);
    painter.drawText(caption, Qt::AlignLeft | Qt::AlignVCenter, QString::number(face.key.frame));
    if (size_ >= 80) {
        painter.setPen(face.suspect ? theme::kText : theme::kHint);
        painter.drawText(caption, Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(static_cast<double>(face.confidence), 'f', 2));
    }
    if (isCurrent) {
        painter.setPen(QPen(hasFocus() ? theme::kAccent : QColor(Qt::white), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(cell.adjusted(2, 2, -2, -2));
    } else if (isSelected) {
        painter.setPen(QPen(Qt::white, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(picture.adjusted(-1, -1, 0, 0));
    }
}

QRect FacesGrid::hoverButton(const QRect& picture, int number) const {
    return {picture.right() - (2 - number) * (kHoverButton + 2),
            picture.bottom() - kHoverButton - 1, kHoverButton, kHoverButton};
}

// White on a dark plate: legible on any face.
void FacesGrid::paintMarks(QPainter& painter, const FaceItem& face, const QRect& picture,
                           bool hovered) {
    const double ratio = devicePixelRatioF();
    const auto mark = [&](const QRect& place, const char* name, int size, const QColor& color) {
        painter.fillRect(place, QColor(0x14, 0x14, 0x14, 190));
        painter.drawPixmap(place.x() + (place.width() - size) / 2,
                           place.y() + (place.height() - size) / 2,
                           iconPixmap(name, size, color, ratio));
    };
    const QRect corner(picture.x(), picture.y(), 20, 20);
    if (face.state == media::ReviewState::reject) {
        mark(corner, "reject", 16, Qt::white);
    } else if (face.state == media::ReviewState::keep) {
        mark(corner, "keep", 14, Qt::white);
    } else if (face.suspect) {
        mark(corner, "suspect", 16, Qt::white);
    }
    if (face.assigned) {
        paintWhose(painter, face, QRect(picture.right() - 19, picture.y(), 20, 20));
    }
    if (hovered && size_ >= 64) {
        mark(hoverButton(picture, 0), "keep", 14,
             face.state == media::ReviewState::keep ? theme::kAccent : QColor(Qt::white));
        mark(hoverButton(picture, 1), "reject", 16,
             face.state == media::ReviewState::reject ? theme::kAccent : QColor(Qt::white));
    }
}

// A face that is not its clip's performer's: the mark of whose it is; empty for nobody.
void FacesGrid::paintWhose(QPainter& painter, const FaceItem& face, const QRect& place) const {
    painter.fillRect(place, QColor(0x14, 0x14, 0x14, 190));
    const QRectF mark = QRectF(place).adjusted(5, 5, -5, -5);
    if (face.performer != FaceItem::kNobody) {
        paintPerformerMark(painter, model_->roleOf(face), mark);
        return;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Qt::white, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(mark);
    painter.restore();
}

void FacesGrid::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    updateRange();
    if (model_->current() >= 0) {
        makeVisible(model_->current());
    }
}

void FacesGrid::scrollContentsBy(int, int) {
    cache_->forgetRequests();  // what scrolled off is not wanted any more
    viewport()->update();
}

void FacesGrid::mousePressEvent(QMouseEvent* event) {
    const int row = rowAt(event->pos());
    if (event->button() != Qt::LeftButton) {
        return;
    }
    if (row < 0 || lassoOn_ || event->modifiers() & Qt::AltModifier) {
        lassoBase_ =
            event->modifiers() & Qt::ControlModifier ? model_->selection() : std::set<FaceKey>();
        model_->setSelection(lassoBase_);
        drawLasso(event->pos());
        return;
    }
    const QRect cell = cellRect(row);
    const QRect picture(cell.x() + 4, cell.y() + 4, size_, size_);
    if (size_ >= 64 && row == hovered_) {
        for (const int number : {0, 1}) {
            if (hoverButton(picture, number).contains(event->pos())) {
                if (!model_->selected(row)) {
                    model_->selectRows(row, row, false);
                }
                Q_EMIT decided(number == 0 ? media::ReviewState::keep : media::ReviewState::reject);
                return;
            }
        }
    }
    dragging_ = true;
    if (event->modifiers() & Qt::ShiftModifier && anchor_ >= 0) {
        model_->selectRows(anchor_, row, event->modifiers() & Qt::ControlModifier);
    } else if (event->modifiers() & Qt::ControlModifier) {
        model_->toggle(row);
        anchor_ = row;
    } else {
        model_->selectRows(row, row, false);
        anchor_ = row;
    }
    model_->setCurrent(row);
}

// Goes on beyond the edges, which follow.
void FacesGrid::drawLasso(const QPoint& to) {
    if (!lasso_.isEmpty() && !viewport()->rect().contains(to)) {
        verticalScrollBar()->triggerAction(to.y() < 0 ? QAbstractSlider::SliderSingleStepSub
                                                      : QAbstractSlider::SliderSingleStepAdd);
    }
    lasso_ << QPointF(to.x(), to.y() + verticalScrollBar()->value());
    takeLasso();
    viewport()->update();
}

// Faces whose middle is inside.
void FacesGrid::takeLasso() {
    std::set<FaceKey> taken = lassoBase_;
    const QRectF box = lasso_.boundingRect();
    const int firstLine = std::max(0, static_cast<int>(box.top() - kMargin) / cellHeight());
    const int lastLine = static_cast<int>(box.bottom() - kMargin) / cellHeight();
    const int last = std::min(model_->rows(), (lastLine + 1) * columns());
    for (int row = firstLine * columns(); lasso_.size() > 2 && row < last; ++row) {
        QPointF middle = QRectF(cellRect(row)).center();
        middle.ry() += verticalScrollBar()->value();
        if (lasso_.containsPoint(middle, Qt::OddEvenFill)) {
            taken.insert(model_->face(row).key);
        }
    }
    if (taken != model_->selection()) {
        model_->setSelection(std::move(taken));
    }
}

void FacesGrid::paintLasso(QPainter& painter) const {
    if (lasso_.size() < 2) {
        return;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(0, -verticalScrollBar()->value());
    painter.setBrush(QColor(255, 255, 255, 24));
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3));
    painter.drawPolygon(lasso_);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::white, 1, Qt::DashLine));
    painter.drawPolygon(lasso_);
    painter.restore();
}

void FacesGrid::mouseMoveEvent(QMouseEvent* event) {
    if (!lasso_.isEmpty() && event->buttons() & Qt::LeftButton) {
        drawLasso(event->pos());
        return;
    }
    const int row = rowAt(event->pos());
    if (dragging_ && (event->buttons() & Qt::LeftButton) && row >= 0 && anchor_ >= 0 &&
        row != anchor_ && !(event->modifiers() & Qt::ControlModifier)) {
        model_->selectRows(anchor_, row, false);
        model_->setCurrent(row);
    }
    if (row != hovered_) {
        hovered_ = row;
        if (looking() && row >= 0) {
            showLarge(row);
        }
        viewport()->update();
    }
}

void FacesGrid::mouseReleaseEvent(QMouseEvent*) {
    dragging_ = false;
    if (!lasso_.isEmpty()) {
        lasso_.clear();
        viewport()->update();
    }
}

void FacesGrid::mouseDoubleClickEvent(QMouseEvent* event) {
    if (rowAt(event->pos()) >= 0) {
        Q_EMIT activated();
    }
}

void FacesGrid::setLasso(bool on) {
    if (on != lassoOn_) {
        lassoOn_ = on;
        viewport()->setCursor(on ? Qt::CrossCursor : Qt::ArrowCursor);
        Q_EMIT lassoChanged(on);
    }
}

// By the pointer for what is under it, by the key for what is current.
void FacesGrid::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const int row =
        byKey ? model_->current() : rowAt(viewport()->mapFromGlobal(event->globalPos()));
    if (row < 0) {
        return;
    }
    if (!model_->selected(row)) {
        model_->selectRows(row, row, false);
        model_->setCurrent(row);
    }
    if (byKey) {
        makeVisible(row);
    }
    Q_EMIT menuRequested(byKey ? viewport()->mapToGlobal(cellRect(row).center())
                               : event->globalPos());
}

void FacesGrid::leaveEvent(QEvent*) {
    hovered_ = -1;
    viewport()->update();
}

void FacesGrid::moveCurrent(int to, bool extend) {
    if (model_->rows() == 0) {
        return;
    }
    to = std::clamp(to, 0, model_->rows() - 1);
    if (!extend || anchor_ < 0) {
        anchor_ = to;
    }
    model_->selectRows(anchor_, to, false);
    model_->setCurrent(to);
}

void FacesGrid::keyPressEvent(QKeyEvent* event) {
    const bool extend = event->modifiers() & Qt::ShiftModifier;
    const int now = std::max(0, model_->current());
    const int linesOnScreen = std::max(1, viewport()->height() / cellHeight());
    switch (event->key()) {
        case Qt::Key_Left:
            return moveCurrent(model_->current() < 0 ? 0 : now - 1, extend);
        case Qt::Key_Right:
            return moveCurrent(model_->current() < 0 ? 0 : now + 1, extend);
        case Qt::Key_Up:
            return moveCurrent(now - columns() < 0 ? now : now - columns(), extend);
        case Qt::Key_Down:
            return moveCurrent(now + columns() >= model_->rows() ? now : now + columns(), extend);
        case Qt::Key_PageUp:
            return moveCurrent(now - columns() * linesOnScreen, extend);
        case Qt::Key_PageDown:
            return moveCurrent(now + columns() * linesOnScreen, extend);
        case Qt::Key_Home:
            return moveCurrent(0, extend);
        case Qt::Key_End:
            return moveCurrent(model_->rows() - 1, extend);
        case Qt::Key_Escape:
            if (lassoOn_) {
                return setLasso(false);
            }
            return QAbstractScrollArea::keyPressEvent(event);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            Q_EMIT activated();
            return;
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

void FacesGrid::holdLarge() {
    const int row = hovered_ >= 0 ? hovered_ : model_->current();
    if (row >= 0 && row < model_->rows() && !looking()) {
        setFocus();
        showLarge(row);
    }
}

bool FacesGrid::looking() const {
    return large_ != nullptr && large_->isVisible();
}

void FacesGrid::showLarge(int row) {
    if (large_ == nullptr) {
        large_ = new LargeFace(model_, cache_, window());
    }
    const QRect cell = cellRect(row);
    large_->appear(model_->face(row),
                   QRect(viewport()->mapTo(window(), cell.topLeft()), cell.size()), size_);
}

void FacesGrid::endLook() {
    if (looking()) {
        large_->hide();
    }
}

// The key that began it, or any other: whoever lets go is done.
void FacesGrid::keyReleaseEvent(QKeyEvent* event) {
    if (!event->isAutoRepeat()) {
        endLook();
    }
    QAbstractScrollArea::keyReleaseEvent(event);
}

void FacesGrid::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void FacesGrid::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    endLook();
    viewport()->update();
}

}  // namespace understudy::ui
