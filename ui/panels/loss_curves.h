// SPDX-License-Identifier: GPL-3.0-or-later
// Loss against steps or the time trained, by performer, in all or by term, or the learning rate;
// raw values faint, smoothed ones clear, validation, checkpoints as ticks, changed settings as
// lines, a cursor that reads out. Another run lies beside it, in dots. Spikes do not flatten the
// rest: the axis follows the 5th to 95th percentile, and what is cut is counted.
#pragma once

#include <QTimer>
#include <QWidget>
#include <memory>

#include "ui/models/run_model.h"
#include "ui/panels/curve_marks.h"

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

    // What can be compared: the other runs of the project whose runs lie in `folder`.
    void setRuns(const QStringList& names, const std::filesystem::path& folder);
    void setLog(bool on);
    bool isLog() const { return log_; }
    void toggleLog() { setLog(!log_); }
    void cycleSmoothing();
    void toggleLastTenth();
    void setOverTime(bool on);  // the lower axis is the time trained, not the step
    bool overTime() const { return overTime_; }
    void toggleOverTime() { setOverTime(!overTime_); }
    void fit();                // the whole run again
    void zoom(double factor);  // about the middle of what is shown
    QCustomPlot* plot() const { return plot_; }
    // Names of the curves that are drawn, sorted.
    QStringList drawn() const;
    const CurveMarks& marks() const { return *marks_; }
    // Points handed to the plot by the last rebuild, over all curves.
    int pointsShown() const { return pointsShown_; }

  Q_SIGNALS:
    void checkpointClicked(qint64 step);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    enum class Shown { performers, total, sourceTerms, destinationTerms, learningRate };
    struct Curve {
        RunModel* run = nullptr;
        std::string series;
        bool smoothed = true;  // and the raw values faint behind it
        QCPGraph* raw = nullptr;
        QCPGraph* smooth = nullptr;
    };
    void buildPlot();
    void buildControls(QHBoxLayout* row);
    void addCurve(RunModel* run, const std::string& series, const QString& name,
                  const QColor& color, Qt::PenStyle style);
    void addTerms();
    void fillCompared();
    void compareWith(const QString& run);
    bool isWanted(const Curve& curve) const;
    const CurveSeries* seriesOf(const Curve& curve) const;
    void scheduleRebuild();
    void rebuild();
    void rebuildCurve(Curve& curve, double from, double to);
    void fitValues(double from, double to);
    double reach() const;
    // Places on the lower axis and steps of a run.
    double placeOf(const RunModel* run, double step) const;
    double stepAt(const RunModel* run, double place) const;
    void mouseOnPlot(const QMouseEvent& mouse);
    void takeClick(const QMouseEvent& mouse);
    void showCursor(double x);
    void hideCursor();

    RunModel* run_;
    RunModel other_;  // compared with
    QStringList runs_;
    std::filesystem::path runsFolder_;
    QCustomPlot* plot_;
    QLabel* smoothingTitle_;
    QLabel* readOut_;
    QLabel* cut_;
    QToolButton* logButton_;
    QToolButton* tenthButton_;
    QToolButton* timeButton_;
    QSlider* smoothing_;
    QLabel* smoothingText_;
    QComboBox* shown_;
    QComboBox* compared_;
    std::vector<Curve> curves_;
    std::unique_ptr<CurveMarks> marks_;
    QCPItemLine* cursor_ = nullptr;
    QTimer rebuildTimer_;
    bool log_ = true;
    bool lastTenth_ = false;
    bool overTime_ = false;
    QPointF pressedAt_;
    bool follow_ = true;  // the axis shows the whole run until somebody zooms
    QString shownRun_;
    bool fitting_ = false;
    int pointsShown_ = 0;
};

}  // namespace understudy::ui
