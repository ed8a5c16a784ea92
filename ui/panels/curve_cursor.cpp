// SPDX-License-Identifier: GPL-3.0-or-later
// The plotting library's header needs the short keywords.
#undef QT_NO_KEYWORDS

#include "ui/panels/curve_cursor.h"

#include <qcustomplot.h>

#include <algorithm>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kSample = 28;  // of how a run is drawn
constexpr int kRoom = 8;     // around the table, and from the line
constexpr int kColumnGap = 12;

}  // namespace

class CurveTable : public QCPAbstractItem {
  public:
    explicit CurveTable(QCustomPlot* plot) : QCPAbstractItem(plot) { setSelectable(false); }

    double selectTest(const QPointF&, bool, QVariant* = nullptr) const override { return -1; }

    double place = 0;
    QStringList columns;
    std::vector<CurveCursor::Row> rows;

  protected:
    void draw(QCPPainter* painter) override {
        painter->setFont(theme::font(theme::FontUse::numberCaption));
        const QFontMetrics metrics(painter->font());
        int names = 0;
        for (const auto& row : rows) {
            names = std::max(names, metrics.horizontalAdvance(row.run));
        }
        std::vector<int> widths;
        for (qsizetype c = 0; c < columns.size(); ++c) {
            int width = metrics.horizontalAdvance(columns[c]);
            for (const auto& row : rows) {
                width = std::max(width, metrics.horizontalAdvance(row.values.value(c)));
            }
            widths.push_back(width + kColumnGap);
        }
        int width = kRoom * 2 + kSample + kRoom + names;
        for (const int column : widths) {
            width += column;
        }
        const int line = metrics.height() + 2;
        const QRect box = placed({width, kRoom * 2 + line * static_cast<int>(rows.size() + 1)});
        QColor ground = theme::kGap;
        ground.setAlpha(235);
        painter->setPen(QPen(theme::kSelected, 0));
        painter->setBrush(ground);
        painter->drawRect(box);
        const int first = box.x() + kRoom + kSample + kRoom + names;
        int y = box.y() + kRoom;
        drawCells(painter, first, y, line, widths, columns, theme::kHint);
        for (const auto& row : rows) {
            y += line;
            painter->setPen(row.pen);
            painter->drawLine(
                QLine(box.x() + kRoom, y + line / 2, box.x() + kRoom + kSample, y + line / 2));
            painter->setPen(theme::kText);
            painter->drawText(QRect(box.x() + kRoom * 2 + kSample, y, names, line),
                              Qt::AlignLeft | Qt::AlignVCenter, row.run);
            drawCells(painter, first, y, line, widths, row.values, theme::kText);
        }
    }

  private:
    // On the side of the line where there is more room.
    QRect placed(QSize size) const {
        const QRect area = mParentPlot->axisRect()->rect();
        const auto x = static_cast<int>(mParentPlot->xAxis->coordToPixel(place));
        const bool right = x < area.center().x();
        return {QPoint(right ? x + kRoom : x - kRoom - size.width(), area.top() + kRoom), size};
    }

    static void drawCells(QCPPainter* painter, int x, int y, int height,
                          const std::vector<int>& widths, const QStringList& cells,
                          const QColor& color) {
        painter->setPen(color);
        for (size_t c = 0; c < widths.size(); ++c) {
            painter->drawText(QRect(x, y, widths[c], height), Qt::AlignRight | Qt::AlignVCenter,
                              cells.value(static_cast<qsizetype>(c)));
            x += widths[c];
        }
    }
};

CurveCursor::CurveCursor(QCustomPlot* plot) : plot_(plot) {
    plot->addLayer("cursor", nullptr, QCustomPlot::limAbove);
    plot->layer("cursor")->setMode(QCPLayer::lmBuffered);
    line_ = new QCPItemLine(plot);
    line_->setPen(QPen(theme::kEdge, 0));
    line_->setSelectable(false);
    table_ = new CurveTable(plot);
    for (QCPAbstractItem* item :
         {static_cast<QCPAbstractItem*>(line_), static_cast<QCPAbstractItem*>(table_)}) {
        item->setLayer("cursor");
        item->setVisible(false);
    }
}

void CurveCursor::show(double place, const QStringList& columns, std::vector<Row> rows) {
    const QCPRange values = plot_->yAxis->range();
    line_->start->setCoords(place, values.lower);
    line_->end->setCoords(place, values.upper);
    line_->setVisible(true);
    table_->place = place;
    table_->columns = columns;
    table_->rows = std::move(rows);
    table_->setVisible(!table_->rows.empty());
    plot_->layer("cursor")->replot();
}

void CurveCursor::hide() {
    line_->setVisible(false);
    table_->setVisible(false);
    plot_->layer("cursor")->replot();
}

bool CurveCursor::visible() const {
    return line_->visible();
}

QString CurveCursor::tableText() const {
    QStringList lines;
    if (table_->visible()) {
        for (const Row& row : table_->rows) {
            lines << (QStringList{row.run} + row.values).join(' ');
        }
    }
    return lines.join('\n');
}

}  // namespace understudy::ui
