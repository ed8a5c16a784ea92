// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/picture_rows.h"

#include <QPainter>
#include <QTextLayout>
#include <algorithm>
#include <utility>

#include "ui/panels/icons.h"
#include "ui/panels/note_marks.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr QSize kPicture(80, 45);

}  // namespace

PictureRows::PictureRows(FrameThumbnails* pictures, RowOf rowOf, QObject* parent)
    : QStyledItemDelegate(parent), pictures_(pictures), rowOf_(std::move(rowOf)) {}

QSize PictureRows::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {120, kHeight};
}

void PictureRows::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const PictureRow row = rowOf_(index.row());
    const QRect rect = option.rect;
    painter->fillRect(rect, option.state & QStyle::State_Selected    ? theme::kSelected
                            : option.state & QStyle::State_MouseOver ? theme::kBar
                                                                     : theme::kBase);
    painter->drawPixmap(
        rect.x() + 8, rect.y() + 5,
        iconPixmap(row.icon, 16, row.iconColor, painter->device()->devicePixelRatioF()));
    const QRect title(rect.x() + 30, rect.y() + 4, rect.width() - 38, 18);
    painter->setFont(theme::font(theme::FontUse::body));
    painter->setPen(row.color);
    painter->drawText(title, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(row.title, Qt::ElideRight, title.width()));
    const QRect frame(QPoint(rect.x() + 8, rect.y() + 25), kPicture);
    paintPicture(*painter, frame, row);
    // Whole lines, and what does not fit ends in an ellipsis.
    painter->setFont(theme::font(theme::FontUse::caption));
    painter->setPen(row.color == theme::kText ? theme::kSecond : row.color);
    const QRect place(frame.right() + 9, frame.y(), rect.right() - frame.right() - 17,
                      frame.height());
    paintWords(*painter, place, row.words);
}

void PictureRows::paintWords(QPainter& painter, const QRect& place, const QString& words) {
    const QFontMetrics metrics = painter.fontMetrics();
    const int lines = std::max(1, place.height() / metrics.lineSpacing());
    int line = 0;
    const auto write = [&](const QString& text) {
        painter.drawText(QRect(place.x(), place.y() + line * metrics.lineSpacing(), place.width(),
                               metrics.lineSpacing()),
                         Qt::AlignLeft | Qt::AlignVCenter, text);
        ++line;
    };
    const QStringList paragraphs = words.split('\n');
    for (qsizetype i = 0; i < paragraphs.size() && line < lines; ++i) {
        QTextLayout layout(paragraphs[i], painter.font());
        layout.beginLayout();
        for (QTextLine part = layout.createLine(); part.isValid() && line < lines;
             part = layout.createLine()) {
            part.setLineWidth(place.width());
            const bool last = line == lines - 1;
            const QString rest = paragraphs[i].mid(part.textStart());
            write(last ? metrics.elidedText(rest, Qt::ElideRight, place.width())
                       : rest.left(part.textLength()).trimmed());
        }
        layout.endLayout();
    }
}

void PictureRows::paintPicture(QPainter& painter, const QRect& frame, const PictureRow& row) const {
    painter.fillRect(frame, theme::kGap);
    const double ratio = painter.device()->devicePixelRatioF();
    const QImage picture = pictures_->get(row.picture, frame.size() * ratio);
    if (picture.isNull()) {
        return;
    }
    const QSizeF size = QSizeF(picture.size()) / ratio;
    const QPointF corner = QRectF(frame).center() - QPointF(size.width() / 2, size.height() / 2);
    painter.save();
    painter.setClipRect(frame);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(QRectF(corner, size), picture);
    paintMarks(painter, row.drawing, picture.size(),
               QTransform::fromScale(1 / ratio, 1 / ratio) *
                   QTransform::fromTranslate(corner.x(), corner.y()));
    painter.restore();
}

}  // namespace understudy::ui
