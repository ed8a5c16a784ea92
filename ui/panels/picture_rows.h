// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a list with a picture: a line with state and title over the whole width, below it the
// picture with words beside it. Pictures are asked for when a row is painted, so a list of a
// thousand rows costs no more than what is seen of it.
#pragma once

#include <QImage>
#include <QStyledItemDelegate>
#include <functional>

#include "media/project/note_drawing.h"
#include "ui/models/frame_thumbnails.h"

namespace understudy::ui {

// What a row shows; the item's own text stays what is read out.
struct PictureRow {
    QString title;
    QString words;  // up to three lines
    QString icon;   // of its state
    QColor iconColor;
    QColor color;  // of the words
    FrameOfFile picture;
    media::NoteDrawing drawing = {};  // over the picture
};

class PictureRows : public QStyledItemDelegate {
    Q_OBJECT
  public:
    static constexpr int kHeight = 76;

    // Of a row of the list that it is the delegate of; called when that row is painted.
    using RowOf = std::function<PictureRow(int row)>;
    PictureRows(FrameThumbnails* pictures, RowOf rowOf, QObject* parent);

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

  private:
    static void paintWords(QPainter& painter, const QRect& place, const QString& words);
    void paintPicture(QPainter& painter, const QRect& frame, const PictureRow& row) const;

    FrameThumbnails* pictures_;
    RowOf rowOf_;
};

}  // namespace understudy::ui
