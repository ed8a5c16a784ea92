// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/preview_view.h"

#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <map>

#include "ui/models/formatting.h"
#include "ui/panels/theme.h"
#include "ui/panels/zoom_keys.h"

namespace understudy::ui {
namespace {

constexpr int kGapPixels = 4;
constexpr int kHeader = 20;
constexpr int kNames = 18;  // of A and B, above the header
constexpr int kRight = 12;
constexpr int kBelow = 4;
constexpr int kLeastLabel = 72;  // of a row
constexpr int kMostLabel = 176;
constexpr double kLeastCell = 16;
constexpr double kMostEnlarged = 16;  // of a cell's own pixels
constexpr double kNear = 6;           // pixels within which the pointer holds the wipe

}  // namespace

QString previewColumnTitle(const std::string& column) {
    static const std::map<std::string, const char*> kTitles = {
        {"source", QT_TRANSLATE_NOOP("understudy::ui::PreviewView", "source")},
        {"source_out", QT_TRANSLATE_NOOP("understudy::ui::PreviewView", "source, rebuilt")},
        {"destination", QT_TRANSLATE_NOOP("understudy::ui::PreviewView", "destination")},
        {"destination_out",
         QT_TRANSLATE_NOOP("understudy::ui::PreviewView", "destination, rebuilt")},
        {"swap", QT_TRANSLATE_NOOP("understudy::ui::PreviewView", "swap")},
        {"mask", QT_TRANSLATE_NOOP("understudy::ui::PreviewView", "mask")},
    };
    const auto found = kTitles.find(column);
    return found == kTitles.end() ? text(column) : PreviewView::tr(found->second);
}

PreviewView::PreviewView(QWidget* parent) : QAbstractScrollArea(parent) {
    setObjectName("previewView");
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumHeight(140);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    verticalScrollBar()->setSingleStep(24);
    horizontalScrollBar()->setSingleStep(24);
}

void PreviewView::setSheets(const SheetPointer& a, const SheetPointer& b) {
    a_ = a && !a->image.isNull() ? a : nullptr;
    b_ = b && !b->image.isNull() ? b : nullptr;
    updateBars();
}

void PreviewView::setNames(const QString& a, const QString& b) {
    nameA_ = a;
    nameB_ = b;
    updateBars();
}

void PreviewView::setSide(PreviewSide side) {
    side_ = side;
    updateBars();
}

void PreviewView::setMessage(const QString& message) {
    message_ = message;
    viewport()->update();
}

void PreviewView::setSplit(double split) {
    split_ = std::clamp(split, 0.0, 1.0);
    viewport()->update();
}

// As wide as the longest name of a clip, within bounds.
int PreviewView::labelWidth() const {
    const QFontMetrics metrics(theme::font(theme::FontUse::numberCaption));
    int widest = kLeastLabel;
    for (const auto& face : front()->info.faces) {
        for (const QString& part : text(face).split(':')) {
            widest = std::max(widest, metrics.horizontalAdvance(part) + 20);
        }
    }
    return std::min({widest, kMostLabel, std::max(kLeastLabel, width() / 8)});
}

int PreviewView::headerHeight() const {
    return kHeader + (nameB_.isEmpty() ? 0 : kNames);
}

QRectF PreviewView::pane() const {
    const int left = labelWidth();
    const int top = headerHeight() + 4;
    return QRectF(left, top, std::max(1, viewport()->width() - left - kRight),
                  std::max(1, viewport()->height() - top - kBelow));
}

// Whole rows, as many as fit while cells keep at least three quarters of the width they could have.
// The same with a scroll bar and without, or one would make the other come and go.
double PreviewView::fitCell() const {
    const int columns = front()->columns();
    const int bar = verticalScrollBar()->sizeHint().width();
    const QSizeF room(width() - labelWidth() - kRight - bar,
                      height() - headerHeight() - 4 - kBelow);
    const double byWidth = std::floor((room.width() - (columns - 1) * kGapPixels) / columns);
    const double least = std::max(48.0, byWidth * 3 / 4);
    const int fitting = static_cast<int>((room.height() + kGapPixels) / (least + kGapPixels));
    const int rows = std::clamp(fitting, 1, std::max(1, front()->rows()));
    const double byHeight = std::floor((room.height() - (rows - 1) * kGapPixels) / rows);
    return std::max(kLeastCell, std::min(byWidth, byHeight));
}

double PreviewView::cellSize() const {
    return !front() ? 0 : zoomed_ ? *zoomed_ : fitCell();
}

QPointF PreviewView::origin() const {
    const QRectF room = pane();
    const double wide = front()->columns() * (cellSize() + kGapPixels) - kGapPixels;
    const double left = wide < room.width() ? std::floor((room.width() - wide) / 2)
                                            : -horizontalScrollBar()->value();
    return {room.x() + left, room.y() - verticalScrollBar()->value()};
}

QRectF PreviewView::cellRect(int row, int column) const {
    if (!front()) {
        return {};
    }
    const double each = cellSize() + kGapPixels;
    return {origin() + QPointF(column * each, row * each), QSizeF(cellSize(), cellSize())};
}

void PreviewView::updateBars() {
    if (front()) {
        const QRectF room = pane();
        const double each = cellSize() + kGapPixels;
        const auto set = [each](QScrollBar* bar, int count, double length) {
            const double beyond = count * each - kGapPixels - length;
            bar->setPageStep(static_cast<int>(length));
            bar->setRange(0, std::max(0, static_cast<int>(std::ceil(beyond - 0.5))));
        };
        set(horizontalScrollBar(), front()->columns(), room.width());
        set(verticalScrollBar(), front()->rows(), room.height());
    } else {
        horizontalScrollBar()->setRange(0, 0);
        verticalScrollBar()->setRange(0, 0);
    }
    viewport()->update();
}

void PreviewView::toggleFit() {
    if (zoomed_) {
        zoomed_.reset();
    } else if (front()) {
        zoomed_ = front()->info.cell / devicePixelRatioF();  // 1:1 means device pixels
    }
    updateBars();
}

void PreviewView::zoom(double factor) {
    zoomAt(factor, QRectF(viewport()->rect()).center());
}

// What lies under `anchor` stays there.
void PreviewView::zoomAt(double factor, QPointF anchor) {
    if (!front()) {
        return;
    }
    const QPointF place = (anchor - origin()) / (cellSize() + kGapPixels);
    zoomed_ = std::clamp(cellSize() * factor, kLeastCell, kMostEnlarged * front()->info.cell);
    updateBars();
    const QPointF scrolled = place * (*zoomed_ + kGapPixels) - (anchor - pane().topLeft());
    horizontalScrollBar()->setValue(static_cast<int>(std::lround(scrolled.x())));
    verticalScrollBar()->setValue(static_cast<int>(std::lround(scrolled.y())));
}

// Pixels of the screen for one of a cell.
double PreviewView::pixelRatio() const {
    return cellSize() * devicePixelRatioF() / front()->info.cell;
}

QPointF PreviewView::zoomPlace() const {
    return viewport()->underMouse() ? QPointF(viewport()->mapFromGlobal(QCursor::pos()))
                                    : QRectF(viewport()->rect()).center();
}

void PreviewView::zoomTo(int ratio) {
    if (front()) {
        zoomAt(ratio / pixelRatio(), zoomPlace());
    }
}

void PreviewView::holdZoom() {
    if (front() && !before_) {
        before_ = {zoomed_, {horizontalScrollBar()->value(), verticalScrollBar()->value()}};
        setFocus();
        lookCloser(zoomPlace());
    }
}

void PreviewView::lookCloser(QPointF anchor) {
    goBackTo(*before_);
    zoomAt(closerZoom(pixelRatio()) / pixelRatio(), anchor);
}

void PreviewView::goBackTo(const Shown& shown) {
    zoomed_ = shown.zoomed;
    updateBars();
    horizontalScrollBar()->setValue(shown.scrolled.x());
    verticalScrollBar()->setValue(shown.scrolled.y());
}

void PreviewView::endLook() {
    if (before_) {
        goBackTo(*std::exchange(before_, std::nullopt));
    }
}

std::optional<QPoint> PreviewView::cellAt(QPointF point) const {
    if (!front() || !pane().contains(point)) {
        return std::nullopt;
    }
    const QPointF place = (point - origin()) / (cellSize() + kGapPixels);
    const QPoint cell(static_cast<int>(std::floor(place.x())),
                      static_cast<int>(std::floor(place.y())));
    return cell.x() >= 0 && cell.x() < front()->columns() && cell.y() >= 0 &&
                   cell.y() < front()->rows()
               ? std::optional(cell)
               : std::nullopt;
}

bool PreviewView::atSplit(QPointF point) const {
    const auto cell = cellAt(point);
    if (side_ != PreviewSide::wipe || !b_ || !cell) {
        return false;
    }
    const QRectF rect = cellRect(cell->y(), cell->x());
    return std::abs(rect.x() + rect.width() * split_ - point.x()) <= kNear;
}

void PreviewView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme::kSurround);
    if (!front() || front()->columns() == 0) {
        painter.setFont(theme::font(theme::FontUse::body));
        painter.setPen(theme::kSecond);
        painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap, message_);
        return;
    }
    paintTitles(painter);
    for (int row = 0; row < front()->rows(); ++row) {
        const QRectF first = cellRect(row, 0);
        if (first.bottom() < pane().top() || first.top() > pane().bottom()) {
            continue;
        }
        paintFaceName(painter, row);
        painter.setClipRect(pane());
        for (int column = 0; column < front()->columns(); ++column) {
            if (cellRect(row, column).intersects(pane())) {
                paintCell(painter, row, column);
            }
        }
        painter.setClipping(false);
    }
}

void PreviewView::paintTitles(QPainter& painter) const {
    const QRectF room = pane();
    painter.setFont(theme::font(theme::FontUse::caption));
    painter.setPen(theme::kText);
    if (!nameB_.isEmpty()) {
        const QRectF line(room.x(), 0, room.width(), kNames);
        if (side_ != PreviewSide::b) {
            painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, tr("A  %1").arg(nameA_));
        }
        if (side_ != PreviewSide::a) {
            painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, tr("B  %1").arg(nameB_));
        }
    }
    const QFontMetrics metrics = painter.fontMetrics();
    painter.setClipRect(QRectF(room.x(), 0, room.width(), room.y()));
    for (int column = 0; column < front()->columns(); ++column) {
        const std::string& name = front()->info.columns[static_cast<size_t>(column)];
        const QRectF cell = cellRect(0, column);
        painter.setPen(name == "swap" ? theme::kText : theme::kSecond);
        QString title = previewColumnTitle(name);
        const int wide = static_cast<int>(cell.width());
        if (metrics.horizontalAdvance(title) > wide && title.contains(", ")) {
            title = title.section(", ", 1);  // it stands beside what it is of
        }
        painter.drawText(QRectF(cell.x(), headerHeight() - kHeader, wide, kHeader),
                         Qt::AlignLeft | Qt::AlignBottom,
                         metrics.elidedText(title, Qt::ElideRight, wide));
    }
    painter.setClipping(false);
}

void PreviewView::paintFaceName(QPainter& painter, int row) const {
    const QRectF cell = cellRect(row, 0);
    const double left = std::max(cell.x(), pane().x());
    painter.setClipRect(QRectF(0, pane().y(), left, pane().height()));
    painter.setFont(theme::font(theme::FontUse::numberCaption));
    painter.setPen(theme::kHint);
    QStringList lines;
    if (static_cast<size_t>(row) < front()->info.faces.size()) {
        for (const QString& part : text(front()->info.faces[static_cast<size_t>(row)]).split(':')) {
            lines << painter.fontMetrics().elidedText(part, Qt::ElideMiddle,
                                                      static_cast<int>(left) - 16);
        }
    }
    painter.drawText(QRectF(8, cell.y(), left - 16, cell.height()), Qt::AlignLeft | Qt::AlignTop,
                     lines.join('\n'));
    painter.setClipping(false);
}

void PreviewView::paintCell(QPainter& painter, int row, int column) const {
    const QRectF cell = cellRect(row, column);
    if (side_ != PreviewSide::wipe || !b_) {
        drawCell(painter, *front(), row, column, cell);
        return;
    }
    const auto face = static_cast<size_t>(row);
    const int rowB = face < a_->info.faces.size() ? b_->rowOf(a_->info.faces[face]) : -1;
    const int columnB = b_->columnOf(a_->info.columns[static_cast<size_t>(column)]);
    const double at = std::round(cell.x() + cell.width() * split_);
    const QRectF right = QRectF(QPointF(at, cell.y()), cell.bottomRight()) & pane();
    drawCell(painter, *a_, row, column, cell);
    painter.save();
    painter.setClipRect(right);
    if (rowB >= 0 && columnB >= 0) {
        drawCell(painter, *b_, rowB, columnB, cell);
    } else {
        painter.fillRect(right, theme::kGap);
        painter.setFont(theme::font(theme::FontUse::caption));
        painter.setPen(theme::kHint);
        painter.drawText(right, Qt::AlignCenter | Qt::TextWordWrap, tr("not in B"));
    }
    painter.restore();
    painter.fillRect(QRectF(at - 1.5, cell.y(), 3, cell.height()), QColor(0x14, 0x14, 0x14));
    painter.fillRect(QRectF(at - 0.5, cell.y(), 1, cell.height()), Qt::white);
}

// Only what is seen is scaled, from the smaller of the two pictures where that has enough.
void PreviewView::drawCell(QPainter& painter, const PreviewSheet& sheet, int row, int column,
                           const QRectF& target) const {
    const double scale = target.width() * devicePixelRatioF() / sheet.info.cell;
    const bool small = scale <= 0.5;
    const double cell = small ? sheet.info.cell / 2.0 : sheet.info.cell;
    painter.setRenderHint(QPainter::SmoothPixmapTransform, scale < 2);
    painter.drawImage(target, small ? sheet.half : sheet.image,
                      QRectF(column * cell, row * cell, cell, cell));
}

void PreviewView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    updateBars();
}

void PreviewView::wheelEvent(QWheelEvent* event) {
    if (event->modifiers() != Qt::NoModifier || event->angleDelta().y() == 0) {
        QAbstractScrollArea::wheelEvent(event);  // sideways, or up and down with a key held
        return;
    }
    zoomAt(std::pow(1.2, event->angleDelta().y() / 120.0), event->position());
    event->accept();
}

void PreviewView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton) {
        return;
    }
    if (event->button() == Qt::LeftButton && atSplit(event->position())) {
        splitOf_ = cellAt(event->position());
    } else {
        dragFrom_ = event->position();
        viewport()->setCursor(Qt::ClosedHandCursor);
    }
}

void PreviewView::mouseMoveEvent(QMouseEvent* event) {
    if (before_ && front()) {
        lookCloser(event->position());
    } else if (splitOf_) {
        const QRectF cell = cellRect(splitOf_->y(), splitOf_->x());
        setSplit((event->position().x() - cell.x()) / cell.width());
    } else if (dragFrom_) {
        const QPointF moved = event->position() - *dragFrom_;
        dragFrom_ = event->position();
        QScrollBar* const across = horizontalScrollBar();
        QScrollBar* const down = verticalScrollBar();
        across->setValue(across->value() - static_cast<int>(std::lround(moved.x())));
        down->setValue(down->value() - static_cast<int>(std::lround(moved.y())));
    } else {
        viewport()->setCursor(atSplit(event->position()) ? Qt::SplitHCursor : Qt::ArrowCursor);
    }
}

void PreviewView::mouseReleaseEvent(QMouseEvent*) {
    splitOf_.reset();
    dragFrom_.reset();
    viewport()->setCursor(Qt::ArrowCursor);
}

void PreviewView::mouseDoubleClickEvent(QMouseEvent*) {
    toggleFit();
}

void PreviewView::contextMenuEvent(QContextMenuEvent* event) {
    const auto cell = cellAt(event->pos());
    const auto row = static_cast<size_t>(cell ? cell->y() : -1);
    const bool named = cell && row < front()->info.faces.size();
    Q_EMIT faceMenuWanted(named ? text(front()->info.faces[row]) : QString(), event->globalPos());
}

void PreviewView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal) {
        zoom(1.2);
    } else if (event->key() == Qt::Key_Minus) {
        zoom(1 / 1.2);
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

// The key that began the look, or any other: whoever lets go is done.
void PreviewView::keyReleaseEvent(QKeyEvent* event) {
    if (!event->isAutoRepeat()) {
        endLook();
    }
    QAbstractScrollArea::keyReleaseEvent(event);
}

void PreviewView::focusOutEvent(QFocusEvent* event) {
    endLook();
    QAbstractScrollArea::focusOutEvent(event);
}

}  // namespace understudy::ui
