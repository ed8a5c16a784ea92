// SPDX-License-Identifier: GPL-3.0-or-later
// A sheet of previews as labelled cells, rows of faces that scroll, enlarged at the pointer; two of
// them compared: either alone, or both with a wipe in every cell. A face of one is laid over the
// same face of the other.
#pragma once

#include <QAbstractScrollArea>
#include <optional>

#include "ui/models/preview_loader.h"

namespace understudy::ui {

enum class PreviewSide { a, b, wipe };

class PreviewView : public QAbstractScrollArea {
    Q_OBJECT
  public:
    explicit PreviewView(QWidget* parent = nullptr);

    void setSheets(const SheetPointer& a, const SheetPointer& b);
    // "r02, step 12,400"; of B where there is one.
    void setNames(const QString& a, const QString& b);
    void setSide(PreviewSide side);
    PreviewSide side() const { return side_; }
    // What is said while there is no sheet.
    void setMessage(const QString& message);
    const PreviewSheet* sheet() const { return front().get(); }  // null: none

    double split() const { return split_; }  // of a cell's width: left of it A, right of it B
    void setSplit(double split);
    bool fitted() const { return !zoomed_; }
    void toggleFit();  // or 1:1
    void zoom(double factor);
    void zoomTo(int ratio);  // pixels of the screen for one of a cell
    // Closer to what is under the pointer, which leads, until a key is let go.
    void holdZoom();
    double cellSize() const;
    // Where a cell is painted, in the viewport.
    QRectF cellRect(int row, int column) const;

  Q_SIGNALS:
    void faceMenuWanted(const QString& face, QPoint at);  // global

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    struct Shown {
        std::optional<double> zoomed;
        QPoint scrolled;
    };
    const SheetPointer& front() const { return side_ == PreviewSide::b && b_ ? b_ : a_; }
    QRectF pane() const;  // of the cells
    QPointF origin() const;
    int labelWidth() const;
    int headerHeight() const;
    double fitCell() const;
    double pixelRatio() const;
    QPointF zoomPlace() const;
    void zoomAt(double factor, QPointF anchor);
    void lookCloser(QPointF anchor);
    void goBackTo(const Shown& shown);
    void endLook();
    void updateBars();
    std::optional<QPoint> cellAt(QPointF point) const;  // column and row
    bool atSplit(QPointF point) const;
    void paintTitles(QPainter& painter) const;
    void paintFaceName(QPainter& painter, int row) const;
    void paintCell(QPainter& painter, int row, int column) const;
    void drawCell(QPainter& painter, const PreviewSheet& sheet, int row, int column,
                  const QRectF& target) const;

    SheetPointer a_;
    SheetPointer b_;
    QString nameA_;
    QString nameB_;
    QString message_;
    PreviewSide side_ = PreviewSide::a;
    double split_ = 0.5;
    std::optional<double> zoomed_;  // the cells' size, where it is not the fitting one
    std::optional<Shown> before_;   // a closer look
    std::optional<QPointF> dragFrom_;
    std::optional<QPoint> splitOf_;  // the cell whose line is dragged
};

// "source, rebuilt".
QString previewColumnTitle(const std::string& column);

}  // namespace understudy::ui
