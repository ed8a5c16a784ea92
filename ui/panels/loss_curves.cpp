// SPDX-License-Identifier: GPL-3.0-or-later
// The plotting library's header needs the short keywords.
#undef QT_NO_KEYWORDS

#include "ui/panels/loss_curves.h"

#include <QApplication>
#include <QComboBox>
#include <QHBoxLayout>
#include <QSlider>
#include <QVBoxLayout>
#include <cmath>

#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/curve_axes.h"
#include "ui/panels/tick_field.h"

namespace understudy::ui {
namespace {

constexpr int kMarkersEach = 8;
constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

bool isTermOf(const std::string& series, const std::string& side) {
    return series.starts_with(side + "_");
}

}  // namespace

LossCurves::LossCurves(RunModel* run, QWidget* parent)
    : QWidget(parent), run_(run), compared_(run) {
    setObjectName("lossCurves");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* controls = new QWidget;
    controls->setFixedHeight(32);
    auto* row = new QHBoxLayout(controls);
    row->setContentsMargins(12, 4, 8, 4);
    row->setSpacing(8);
    buildControls(row);
    column->addWidget(controls);
    // Of a line of its own: it would push the controls about.
    readOut_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    readOut_->setObjectName("curveReadOut");
    readOut_->setContentsMargins(12, 0, 12, 2);
    readOut_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    readOut_->setFixedHeight(readOut_->fontMetrics().height() + 2);
    column->addWidget(readOut_);
    plot_ = new QCustomPlot;
    plot_->setObjectName("lossPlot");
    column->addWidget(plot_, 1);
    buildPlot();
    rebuildTimer_.setSingleShot(true);
    rebuildTimer_.setInterval(16);
    connect(&rebuildTimer_, &QTimer::timeout, this,
            [this] { std::exchange(onlySmoothed_, true) ? rebuildSmoothed() : rebuild(); });
    connect(run_, &RunModel::historyChanged, this, &LossCurves::scheduleRebuild);
    connect(&compared_, &ComparedRuns::historyChanged, this, &LossCurves::scheduleRebuild);
    connect(run_, &RunModel::smoothed, this, &LossCurves::scheduleSmoothed);
    connect(&compared_, &ComparedRuns::smoothed, this, &LossCurves::scheduleSmoothed);
    connect(&compared_, &ComparedRuns::changed, this, &LossCurves::tellCompared);
    connect(run_, &RunModel::checkpointsChanged, this, &LossCurves::scheduleRebuild);
    connect(run_, &RunModel::runChanged, this, [this] {
        if (run_->name() != shownRun_) {
            shownRun_ = run_->name();
            follow_ = true;
            tellCompared();
        }
        scheduleRebuild();
    });
    tellCompared();
    rebuild();
}

// Curves of each term that a history has and that none are drawn for yet.
void LossCurves::addTerms() {
    const auto addOf = [this](const RunModel& run) {
        for (const auto& [name, series] : run.series()) {
            const bool term = isTermOf(name, "source") || isTermOf(name, "destination");
            if (!term || std::any_of(curves_.begin(), curves_.end(),
                                     [&](const Curve& curve) { return curve.series == name; })) {
                continue;
            }
            const std::string words = name.substr(name.find('_') + 1);
            const auto known = std::find(terms_.begin(), terms_.end(), words);
            const auto number = static_cast<size_t>(known - terms_.begin());
            if (known == terms_.end()) {
                terms_.push_back(words);
            }
            addCurves(name, text(words), QPen(kTermColors[number % std::size(kTermColors)], 1),
                      number);
        }
    };
    addOf(*run_);
    for (const RunModel& other : compared_.followed()) {
        addOf(other);
    }
}

bool LossCurves::isWanted(const Curve& curve) const {
    const std::string& series = curve.series;
    switch (static_cast<Shown>(shown_->currentData().toInt())) {
        case Shown::performers:
            // Histories of old runs may have no terms.
            return series == "validation" || series == "source" || series == "destination" ||
                   (series == "loss" && !curve.run->series().contains("source"));
        case Shown::total:
            return series == "validation" || series == "loss";
        case Shown::sourceTerms:
            return isTermOf(series, "source");
        case Shown::destinationTerms:
            return isTermOf(series, "destination");
        case Shown::learningRate:
            return series == kLearningRate;
    }
    return false;
}

// Null where the run has no such values.
const CurveSeries* LossCurves::seriesOf(const Curve& curve) const {
    const auto found = curve.run->series().find(curve.series);
    return found == curve.run->series().end() || found->second.empty() ? nullptr : &found->second;
}

void LossCurves::setLog(bool on) {
    log_ = on;
    if (logButton_->isChecked() != on) {
        logButton_->setChecked(on);
    }
    plot_->yAxis->setScaleType(on ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (on) {
        plot_->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new LossTicker<QCPAxisTickerLog>));
    } else {
        plot_->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new LossTicker<QCPAxisTicker>));
    }
    scheduleRebuild();
}

void LossCurves::setOverTime(bool on) {
    overTime_ = on;
    if (timeButton_->isChecked() != on) {
        timeButton_->setChecked(on);
    }
    if (on) {
        plot_->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new TrainedTicker));
    } else {
        plot_->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new StepTicker));
    }
    plot_->xAxis->setLabel(on ? tr("time trained") : tr("step"));
    fit();
}

double LossCurves::placeOf(const RunModel* run, double step) const {
    return overTime_ ? run->clock().secondsAt(step) : step;
}

double LossCurves::stepAt(const RunModel* run, double place) const {
    return overTime_ ? run->clock().stepAt(place) : place;
}

void LossCurves::fit() {
    follow_ = true;
    scheduleRebuild();
}

void LossCurves::zoom(double factor) {
    const QCPRange range = plot_->xAxis->range();
    const double half = range.size() / factor / 2;
    plot_->xAxis->setRange(range.center() - half, range.center() + half);
}

void LossCurves::cycleSmoothing() {
    static const int kSteps[] = {0, 60, 90, 97};
    int next = 0;
    for (int i = 0; i < 4; ++i) {
        if (smoothing_->value() >= kSteps[i]) {
            next = (i + 1) % 4;
        }
    }
    smoothing_->setValue(kSteps[next]);
}

void LossCurves::toggleLastTenth() {
    tenthButton_->toggle();
}

void LossCurves::scheduleRebuild() {
    onlySmoothed_ = false;
    scheduleSmoothed();
}

void LossCurves::scheduleSmoothed() {
    if (!rebuildTimer_.isActive()) {
        rebuildTimer_.start();
    }
}

void LossCurves::rebuild() {
    addTerms();
    double last = 0;
    for (const Curve& curve : curves_) {
        const CurveSeries* series = seriesOf(curve);
        last = std::max(last, series != nullptr && isWanted(curve)
                                  ? placeOf(curve.run, series->lastStep())
                                  : 0);
    }
    fitting_ = true;
    if (follow_) {
        const double end = std::max(10.0, last);
        plot_->xAxis->setRange(lastTenth_ ? end * 0.9 : 0, end * 1.02);
    }
    const double from = plot_->xAxis->range().lower;
    const double to = plot_->xAxis->range().upper;
    pointsShown_ = 0;
    for (Curve& curve : curves_) {
        rebuildCurve(curve, from, to);
    }
    rebuildLegend();
    fitValues(from, to);
    fitting_ = false;
    marks_->setCheckpoints(run_->checkpoints());
    marks_->setChanges(run_->changes(), run_->rollbacks());
    marks_->place(log_, [this](double step) { return placeOf(run_, step); });
    const bool rate = shown_->currentData().toInt() == static_cast<int>(Shown::learningRate);
    plot_->yAxis->setLabel(rate ? tr("learning rate") : tr("loss"));
    if (cursor_->visible()) {
        showCursor(cursorAt_);  // what is under it may be others by now
    }
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

// What is clear is drawn anew, over what stays: a slider that is dragged must not lag.
void LossCurves::rebuildSmoothed() {
    const QCPRange range = plot_->xAxis->range();
    for (const Curve& curve : curves_) {
        if (curve.smooth->visible() && curve.smoothed && seriesOf(curve) != nullptr) {
            fill(curve, curve.smooth, true, range.lower, range.upper);
        }
    }
    if (cursor_->visible()) {
        showCursor(cursorAt_);
    }
    plot_->layer(kCompared)->replot();
    plot_->layer("main")->replot();
}

void LossCurves::rebuildCurve(Curve& curve, double from, double to) {
    const CurveSeries* series = seriesOf(curve);
    const bool visible = series != nullptr && isWanted(curve);
    curve.smooth->setVisible(visible);
    if (curve.raw != nullptr) {
        curve.raw->setVisible(visible && curve.smoothed);
    }
    if (!visible) {
        return;
    }
    if (curve.raw != nullptr && curve.smoothed) {
        pointsShown_ += fill(curve, curve.raw, false, from, to);
    }
    const int points = fill(curve, curve.smooth, curve.smoothed, from, to);
    pointsShown_ += points;
    const QColor color = curve.smooth->pen().color();
    curve.smooth->setScatterStyle(
        compared_.count() == 0
            ? QCPScatterStyle()
            : QCPScatterStyle(kMarkers[curve.marker % std::size(kMarkers)], color, color, 6));
    curve.smooth->setScatterSkip(std::max(0, points / kMarkersEach - 1));
}

// The least and the largest value of each column of pixels, of two where there are many curves; how
// many points that are.
int LossCurves::fill(const Curve& curve, QCPGraph* graph, bool smoothed, double from,
                     double to) const {
    const double columns = std::max(100.0, plot_->axisRect()->width() * devicePixelRatioF());
    const auto most = static_cast<size_t>(curve.run == run_ ? 2 * columns : columns);
    CurvePoints points = seriesOf(curve)->thinned(stepAt(curve.run, from), stepAt(curve.run, to),
                                                  most, smoothed, log_);
    for (double& x : points.x) {
        x = placeOf(curve.run, x);
    }
    graph->setData(QVector<double>(points.x.begin(), points.x.end()),
                   QVector<double>(points.y.begin(), points.y.end()), true);
    return static_cast<int>(points.x.size());
}

// What is drawn of the run that is looked at, then a line for each of the others: their marks are
// the same.
void LossCurves::rebuildLegend() {
    std::vector<QCPGraph*> wanted;
    for (const Curve& curve : curves_) {
        if (curve.run == run_ && curve.smooth->visible()) {
            wanted.push_back(curve.smooth);
        }
    }
    for (size_t slot = 0; slot < keys_.size(); ++slot) {
        const RunModel& run = compared_.followed()[slot];
        keys_[slot]->setName(run.name());
        if (run.hasRun()) {
            wanted.push_back(keys_[slot]);
        }
    }
    if (wanted != listed_) {
        plot_->legend->clearItems();
        for (QCPGraph* graph : wanted) {
            graph->addToLegend();
        }
        listed_ = std::move(wanted);
    }
    plot_->legend->setVisible(!listed_.empty());
}

QStringList LossCurves::drawn() const {
    QStringList names;
    for (const Curve& curve : curves_) {
        if (curve.smooth->visible()) {
            names << (curve.run == run_ ? curve.name : curve.run->name() + ' ' + curve.name);
        }
    }
    names.sort();
    return names;
}

void LossCurves::fitValues(double from, double to) {
    double low = kGap;
    double high = kGap;
    for (const Curve& curve : curves_) {
        if (!curve.smooth->visible()) {
            continue;
        }
        const CurveSeries& series = *seriesOf(curve);
        const double first = stepAt(curve.run, from);
        const double last = stepAt(curve.run, to);
        low = std::fmin(low, series.percentile(0.02, first, last, log_));
        high = std::fmax(high, series.percentile(0.98, first, last, log_));
    }
    if (!std::isfinite(low) || !std::isfinite(high)) {
        plot_->yAxis->setRange(0.01, 1);
        cut_->clear();
        return;
    }
    if (log_) {
        const double room = std::max(1.15, std::pow(high / low, 0.12));
        plot_->yAxis->setRange(low / room, high * room);
    } else {
        const double room = std::max((high - low) * 0.12, std::abs(high) * 0.02);
        plot_->yAxis->setRange(std::min(low, std::max(0.0, low - room)), high + room);
    }
    size_t above = 0;
    for (const Curve& curve : curves_) {
        if (curve.smooth->visible()) {
            above += seriesOf(curve)->countAbove(plot_->yAxis->range().upper,
                                                 stepAt(curve.run, from), stepAt(curve.run, to));
        }
    }
    cut_->setText(above > 0 ? tr("↑ %1 above").arg(countText(static_cast<int64_t>(above)))
                            : QString());
}

bool LossCurves::eventFilter(QObject* watched, QEvent* event) {
    if (watched == plot_) {
        switch (event->type()) {
            case QEvent::MouseMove:
                mouseOnPlot(*static_cast<QMouseEvent*>(event));
                break;
            case QEvent::Leave:
                hideCursor();
                break;
            case QEvent::MouseButtonDblClick:
                fit();
                break;
            case QEvent::MouseButtonPress:
                pressedAt_ = static_cast<QMouseEvent*>(event)->position();
                break;
            case QEvent::MouseButtonRelease:
                takeClick(*static_cast<QMouseEvent*>(event));
                break;
            default:
                break;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void LossCurves::mouseOnPlot(const QMouseEvent& mouse) {
    const QRect area = plot_->axisRect()->rect();
    area.contains(mouse.position().toPoint()) ? showCursor(mouse.position().x()) : hideCursor();
}

// Not where a drag ends.
void LossCurves::takeClick(const QMouseEvent& mouse) {
    if ((mouse.position() - pressedAt_).manhattanLength() >= QApplication::startDragDistance()) {
        return;
    }
    const double at = plot_->xAxis->pixelToCoord(mouse.position().x());
    if (const auto step = marks_->checkpointNear(at, reach())) {
        Q_EMIT checkpointClicked(*step);
    }
}

// How far on the lower axis the cursor may be from a mark that it is at.
double LossCurves::reach() const {
    return plot_->xAxis->range().size() * 0.006;
}

// Nothing where its run has not been, or has none of these values.
QString LossCurves::valueText(const Curve& curve, double place) const {
    const CurveSeries* series = seriesOf(curve);
    const auto& last = curve.run->last();
    if (series == nullptr || !last ||
        place > placeOf(curve.run, static_cast<double>(last->step)) + reach()) {
        return lossText(kGap);
    }
    const double step = stepAt(curve.run, place);
    const double value = curve.smoothed ? series->smoothedAt(step) : series->valueAt(step);
    return curve.series == kLearningRate ? QString::number(value, 'g', 3) : lossText(value);
}

void LossCurves::showCursor(double x) {
    cursorAt_ = x;
    const double place = plot_->xAxis->pixelToCoord(x);
    const double step = stepAt(run_, place);
    QStringList parts;
    std::vector<CurveCursor::Row> rows;
    QStringList columns;
    for (const Curve& curve : curves_) {
        if (!curve.smooth->visible()) {
            continue;
        }
        if (curve.run == run_) {
            parts << QStringLiteral("%1 %2").arg(curve.name, valueText(curve, place));
        }
        if (!columns.contains(curve.name)) {
            columns << curve.name;
        }
    }
    if (columns.isEmpty()) {
        hideCursor();
        return;
    }
    if (compared_.count() > 0) {
        rows = rowsAt(place, columns);
    }
    if (const QString changed = marks_->changesNear(place, reach()); !changed.isEmpty()) {
        parts << changed;
    }
    const QString said = tr("step %1   %2   %3")
                             .arg(countText(std::llround(step)),
                                  durationText(run_->clock().secondsAt(step)), parts.join("   "));
    readOut_->setText(readOut_->fontMetrics().elidedText(said, Qt::ElideRight, width() - 26));
    cursor_->show(place, columns, std::move(rows));
}

// A row for each run, the one that is looked at first.
std::vector<CurveCursor::Row> LossCurves::rowsAt(double place, const QStringList& columns) const {
    std::vector<CurveCursor::Row> rows = {{QPen(theme::kText, 1), run_->name(), {}}};
    std::vector<const RunModel*> runs = {run_};
    for (size_t slot = 0; slot < ComparedRuns::kMost; ++slot) {
        const RunModel& run = compared_.followed()[slot];
        if (run.hasRun()) {
            rows.push_back({runPen(slot), run.name(), {}});
            runs.push_back(&run);
        }
    }
    for (size_t i = 0; i < runs.size(); ++i) {
        for (const QString& column : columns) {
            QString value = lossText(kGap);
            for (const Curve& curve : curves_) {
                if (curve.run == runs[i] && curve.name == column && curve.smooth->visible()) {
                    value = valueText(curve, place);
                }
            }
            rows[i].values << value;
        }
    }
    return rows;
}

void LossCurves::hideCursor() {
    if (cursor_->visible()) {
        cursor_->hide();
        readOut_->clear();
    }
}

}  // namespace understudy::ui
