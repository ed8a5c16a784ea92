// SPDX-License-Identifier: GPL-3.0-or-later
// Loss against steps or the time trained, by performer, in all or by term, or the learning rate;
// raw values faint, smoothed ones clear, validation, checkpoints as ticks, changed settings as
// lines, a cursor that reads out. Other runs lie beside it: a run by its colour and dashes, what it
// is of by the marks on it. Spikes do not flatten the rest: the axis follows the 5th to 95th
// percentile, and what is cut is counted.
#pragma once

#include <QTimer>
#include <QWidget>
#include <memory>

#include "ui/models/compared_runs.h"
#include "ui/panels/curve_cursor.h"
#include "ui/panels/curve_marks.h"

class QCustomPlot;
class QCPAxisRect;
class QCPGraph;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QSlider;
class QToolButton;

namespace understudy::ui {

class TickField;

class LossCurves : public QWidget {
    Q_OBJECT
  public:
    explicit LossCurves(RunModel* run, QWidget* parent = nullptr);

    ComparedRuns& compared() { return compared_; }
    const ComparedRuns& compared() const { return compared_; }
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
    const CurveCursor& cursor() const { return *cursor_; }
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
        const RunModel* run = nullptr;
        std::string series;
        QString name;
        size_t marker = 0;
        bool smoothed = true;
        QCPGraph* raw = nullptr;  // faint behind it, of the run that is looked at
        QCPGraph* smooth = nullptr;
    };
    void buildPlot();
    void buildLegend();
    void buildControls(QHBoxLayout* row);
    void buildCompare(QHBoxLayout* row);
    void buildShown(QHBoxLayout* row);
    void buildSmoothing(QHBoxLayout* row);
    // Of the run that is looked at, in this pen, and of those in the slots, in theirs.
    void addCurves(const std::string& series, const QString& name, const QPen& pen, size_t marker);
    void addTerms();
    void fillCompareMenu();
    void tellCompared();
    bool isWanted(const Curve& curve) const;
    const CurveSeries* seriesOf(const Curve& curve) const;
    void scheduleRebuild();
    void scheduleSmoothed();
    void rebuild();
    void rebuildSmoothed();
    void rebuildCurve(Curve& curve, double from, double to);
    int fill(const Curve& curve, QCPGraph* graph, bool smoothed, double from, double to) const;
    void rebuildLegend();
    QString valueText(const Curve& curve, double place) const;
    void fitValues(double from, double to);
    double reach() const;
    // Places on the lower axis and steps of a run.
    double placeOf(const RunModel* run, double step) const;
    double stepAt(const RunModel* run, double place) const;
    void mouseOnPlot(const QMouseEvent& mouse);
    void takeClick(const QMouseEvent& mouse);
    void showCursor(double x);
    std::vector<CurveCursor::Row> rowsAt(double place, const QStringList& columns) const;
    void hideCursor();

    RunModel* run_;
    ComparedRuns compared_;
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
    TickField* compare_;
    std::vector<Curve> curves_;
    std::vector<std::string> terms_;                     // in the order of their colours
    std::array<QCPGraph*, ComparedRuns::kMost> keys_{};  // what the legend shows of the slots
    std::vector<QCPGraph*> listed_;                      // in the legend
    std::unique_ptr<CurveMarks> marks_;
    std::unique_ptr<CurveCursor> cursor_;
    double cursorAt_ = 0;  // pixels
    QTimer rebuildTimer_;
    bool onlySmoothed_ = true;  // what changed since the last rebuild
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
