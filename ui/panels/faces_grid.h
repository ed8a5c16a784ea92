// SPDX-License-Identifier: GPL-3.0-or-later
// The faces as a grid of equal cells. Its own row arithmetic: the count is known, so a hundred
// thousand faces cost what one screen of them costs. A drag with the lasso tool or with Alt, or
// from an empty place, draws a lasso; with Ctrl what it takes is added to the selection.
#pragma once

#include <QAbstractScrollArea>
#include <QPolygonF>
#include <QTimer>
#include <set>

#include "ui/models/faces_model.h"
#include "ui/models/thumbnail_cache.h"

namespace understudy::ui {

class LargeFace;

class FacesGrid : public QAbstractScrollArea {
    Q_OBJECT
  public:
    FacesGrid(FacesModel* model, ThumbnailCache* cache, QWidget* parent = nullptr);

    void setPictureSize(int size);  // device-independent pixels of one side
    int pictureSize() const { return size_; }
    int columns() const;
    int rowAt(const QPoint& point) const;  // index into the model, -1 if none
    QRect cellRect(int row) const;         // in the viewport
    void makeVisible(int row);
    // Any drag draws a lasso.
    void setLasso(bool on);
    bool lasso() const { return lassoOn_; }
    // The face under the pointer, else the current one, as large as its picture is, until a key is
    // let go. Nothing is selected by it.
    void holdLarge();

  Q_SIGNALS:
    void activated();                                    // Return or double click
    void decided(understudy::media::ReviewState state);  // of the selected, by the pointer alone
    // Of the selected, at a place of the screen.
    void menuRequested(const QPoint& at);
    void lassoChanged(bool on);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    int cellWidth() const { return size_ + 8; }
    int cellHeight() const { return size_ + 28; }
    int left() const;
    void updateRange();
    void paintCell(QPainter& painter, int row);
    void paintMarks(QPainter& painter, const FaceItem& face, const QRect& picture, bool hovered);
    void paintWhose(QPainter& painter, const FaceItem& face, const QRect& place) const;
    void askAhead(int first, int last);
    void moveCurrent(int to, bool extend);
    void drawLasso(const QPoint& to);
    void takeLasso();
    void paintLasso(QPainter& painter) const;
    bool looking() const;
    void showLarge(int row);
    void endLook();
    QRect hoverButton(const QRect& picture, int number) const;

    FacesModel* model_;
    ThumbnailCache* cache_;
    int size_ = 128;
    int anchor_ = -1;  // where a range selection begins
    int hovered_ = -1;
    LargeFace* large_ = nullptr;  // in the window, once it was wanted
    bool dragging_ = false;
    bool lassoOn_ = false;
    QPolygonF lasso_;              // on the grid as a whole, not on the part that is seen
    std::set<FaceKey> lassoBase_;  // selected before it
};

}  // namespace understudy::ui
