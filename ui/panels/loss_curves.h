// SPDX-License-Identifier: GPL-3.0-or-later
// Loss against steps: raw values faint, smoothed ones clear, validation, checkpoints as ticks, a
// cursor that reads out. Spikes do not flatten the rest: the axis follows the 5th to 95th
// percentile, and what is cut is counted.
#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/models/run_model.h"

class QCustomPlot;
class QCPAxisRect;
class QCPGraph;
class QCPItemLine;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QSlider;
class QToolButton;

namespace understudy::ui {

class LossCurves : public QWidget {
    Q_OBJECT
  public:
    explicit LossCurves(RunModel* run, QWidget* parent = nullptr);

    void setLog(bool on);
    bool isLog() const { return log_; }
    void toggleLog() { setLog(!log_); }
    void cycleSmoothing();
    void toggleLastTenth();
    QCustomPlot* plot() const { return plot_; }
    // Points handed to the plot by the last rebuild, over all curves.
    int pointsShown() const { return pointsShown_; }

  Q_SIGNALS:
    void checkpointClicked(qint64 step);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Curve {
        std::string series;
        QCPGraph* raw = nullptr;
        QCPGraph* smooth = nullptr;
    };
    void buildPlot();
    void buildControls(QHBoxLayout* row);
    void addCurve(const std::string& series, const QString& name, const QColor& color,
                  Qt::PenStyle style);
    void scheduleRebuild();
    void rebuild();
    void rebuildCurve(Curve& curve, double from, double to);
    void fitValues(double from, double to);
    void updateCheckpoints();
    void showCursor(double x);
    void hideCursor();

    RunModel* run_;
    QCustomPlot* plot_;
    QLabel* readOut_;
    QLabel* cut_;
    QToolButton* logButton_;
    QToolButton* tenthButton_;
    QSlider* smoothing_;
    QLabel* smoothingText_;
    QComboBox* shown_;
    std::vector<Curve> curves_;
    QCPGraph* checkpoints_ = nullptr;
    QCPItemLine* cursor_ = nullptr;
    QTimer rebuildTimer_;
    bool log_ = true;
    bool lastTenth_ = false;
    bool follow_ = true;  // the axis shows the whole run until somebody zooms
    QString shownRun_;
    bool fitting_ = false;
    int pointsShown_ = 0;
};

}  // namespace understudy::ui
