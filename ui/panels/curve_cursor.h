// SPDX-License-Identifier: GPL-3.0-or-later
// The line under the pointer in the curves and, where runs are compared, a table beside it of what
// each of them has there. On a layer of its own, so that a pointer that moves paints no curve.
#pragma once

#include <QPen>
#include <QStringList>
#include <vector>

class QCustomPlot;
class QCPItemLine;

namespace understudy::ui {

class CurveTable;

class CurveCursor {
  public:
    struct Row {
        QPen pen;  // as the run is drawn
        QString run;
        QStringList values;  // one a column
    };

    explicit CurveCursor(QCustomPlot* plot);

    // At this place on the lower axis; without rows there is no table.
    void show(double place, const QStringList& columns, std::vector<Row> rows);
    void hide();
    bool visible() const;
    // A line a row, with its values between blanks; empty without a table.
    QString tableText() const;

  private:
    QCustomPlot* plot_;
    QCPItemLine* line_;
    CurveTable* table_;
};

}  // namespace understudy::ui
