// SPDX-License-Identifier: GPL-3.0-or-later
// The plotting library's header needs the short keywords.
#undef QT_NO_KEYWORDS

#include "ui/panels/loss_curves.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSlider>
#include <QVBoxLayout>
#include <cmath>

#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/choices.h"
#include "ui/panels/curve_axes.h"
#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

constexpr size_t kMostPoints = 4000;  // a curve
constexpr double kGap = std::numeric_limits<double>::quiet_NaN();
const char* const kRate = "lr";

bool isTermOf(const std::string& series, const std::string& side) {
    return series.starts_with(side + "_");
}

}  // namespace

LossCurves::LossCurves(RunModel* run, QWidget* parent) : QWidget(parent), run_(run) {
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
    connect(&rebuildTimer_, &QTimer::timeout, this, &LossCurves::rebuild);
    connect(run_, &RunModel::historyChanged, this, &LossCurves::scheduleRebuild);
    connect(&other_, &RunModel::historyChanged, this, &LossCurves::scheduleRebuild);
    connect(run_, &RunModel::checkpointsChanged, this, &LossCurves::scheduleRebuild);
    connect(run_, &RunModel::runChanged, this, [this] {
        if (run_->name() != shownRun_) {
            shownRun_ = run_->name();
            follow_ = true;
            fillCompared();
        }
        scheduleRebuild();
    });
    rebuild();
}

void LossCurves::buildControls(QHBoxLayout* row) {
    row->addWidget(label(tr("Loss"), theme::FontUse::title));
    row->addStretch(1);
    cut_ = label({}, theme::FontUse::caption, theme::kHint);
    cut_->setToolTip(tr("Values above the visible range"));
    row->addWidget(cut_);
    shown_ = new QComboBox;
    shown_->setObjectName("curveChoice");
    shown_->setToolTip(tr("Which values are drawn"));
    const std::pair<QString, Shown> kinds[] = {
        {tr("By performer"), Shown::performers},
        {tr("Total"), Shown::total},
        {tr("Source, by term"), Shown::sourceTerms},
        {tr("Destination, by term"), Shown::destinationTerms},
        {tr("Learning rate"), Shown::learningRate}};
    for (const auto& [title, kind] : kinds) {
        shown_->addItem(title, static_cast<int>(kind));
    }
    connect(shown_, &QComboBox::currentIndexChanged, this, [this] { scheduleRebuild(); });
    row->addWidget(shown_);
    compared_ = new QComboBox;
    compared_->setObjectName("curveCompare");
    compared_->setToolTip(tr("Another run of this project, in dots"));
    compared_->addItem(tr("Compare with…"), QString());
    connect(compared_, &QComboBox::currentIndexChanged, this,
            [this] { compareWith(compared_->currentData().toString()); });
    row->addWidget(compared_);
    smoothingTitle_ = label(tr("Smoothing"), theme::FontUse::caption, theme::kSecond);
    row->addWidget(smoothingTitle_);
    smoothing_ = new QSlider(Qt::Horizontal);
    smoothing_->setObjectName("curveSmoothing");
    smoothing_->setRange(0, 99);
    smoothing_->setValue(60);
    smoothing_->setFixedWidth(96);
    smoothing_->setToolTip(tipWithKey(tr("Weight of the past in the clear line"), "S"));
    row->addWidget(smoothing_);
    smoothingText_ = label(QStringLiteral(".60"), theme::FontUse::numberCaption);
    row->addWidget(smoothingText_);
    connect(smoothing_, &QSlider::valueChanged, this, [this](int value) {
        smoothingText_->setText(QStringLiteral(".%1").arg(value, 2, 10, QChar('0')));
        run_->setSmoothing(value / 100.0);
        other_.setSmoothing(value / 100.0);
    });
    const auto textButton = [row](const QString& text, const QString& tip, const char* name) {
        auto* button = new QToolButton;
        button->setText(text);
        button->setCheckable(true);
        button->setAutoRaise(true);
        button->setToolTip(tip);
        button->setObjectName(name);
        button->setMinimumHeight(24);
        row->addWidget(button);
        return button;
    };
    logButton_ = textButton(tr("log"), tipWithKey(tr("Logarithmic scale"), "U"), "curveLog");
    logButton_->setChecked(true);
    tenthButton_ = textButton(tr("last tenth"),
                              tipWithKey(tr("Only the last tenth of the run"), "Q"), "curveTenth");
    connect(logButton_, &QToolButton::toggled, this, &LossCurves::setLog);
    connect(tenthButton_, &QToolButton::toggled, this, [this](bool on) {
        lastTenth_ = on;
        follow_ = true;
        scheduleRebuild();
    });
    QToolButton* fit = iconButton("retry", tr("Show the whole run again"), "curveFit");
    connect(fit, &QToolButton::clicked, this, [this] {
        follow_ = true;
        scheduleRebuild();
    });
    row->addWidget(fit);
}

// Where there is little room, the slider's tool tip says what it is.
void LossCurves::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    smoothingTitle_->setVisible(width() >= 760);
    smoothing_->setFixedWidth(width() >= 760 ? 96 : 48);
}

void LossCurves::buildPlot() {
    plot_->setBackground(theme::kBase);
    plot_->setNoAntialiasingOnDrag(true);
    plot_->setPlottingHint(QCP::phFastPolylines);
    plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot_->axisRect()->setRangeDrag(Qt::Horizontal);
    plot_->axisRect()->setRangeZoom(Qt::Horizontal);
    plot_->axisRect()->setMinimumMargins(QMargins(56, 8, 16, 40));
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
        styleAxis(axis);
    }
    plot_->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new StepTicker));
    plot_->xAxis->setLabel(tr("step"));
    plot_->yAxis->setLabel(tr("loss"));

    for (RunModel* run : {&other_, run_}) {  // the one that is looked at lies above
        const bool own = run == run_;
        const auto named = [&](const QString& name) {
            return own ? name : tr("%1, other").arg(name);
        };
        const Qt::PenStyle line = own ? Qt::SolidLine : Qt::DotLine;
        addCurve(run, "source", named(tr("source")), theme::kSource, line);
        addCurve(run, "destination", named(tr("destination")), theme::kDestination,
                 own ? Qt::DashLine : Qt::DotLine);
        addCurve(run, "loss", named(tr("total")), theme::kText, line);
        addCurve(run, kRate, named(tr("learning rate")), theme::kText, line);
        addCurve(run, "validation", named(tr("validation")), Qt::white,
                 own ? Qt::DashDotLine : Qt::DotLine);
    }

    marks_ = std::make_unique<CurveMarks>(plot_);
    plot_->addLayer("cursor", nullptr, QCustomPlot::limAbove);
    plot_->layer("cursor")->setMode(QCPLayer::lmBuffered);
    cursor_ = new QCPItemLine(plot_);
    cursor_->setLayer("cursor");
    cursor_->setPen(QPen(theme::kEdge, 0));
    cursor_->setVisible(false);
    cursor_->setSelectable(false);

    plot_->legend->setVisible(true);
    plot_->legend->setBrush(QColor(0x1F, 0x1F, 0x1F, 220));
    plot_->legend->setBorderPen(Qt::NoPen);
    plot_->legend->setTextColor(theme::kSecond);
    plot_->legend->setFont(theme::font(theme::FontUse::caption));
    plot_->legend->setIconSize(24, 10);
    plot_->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);

    connect(plot_->xAxis, QOverload<const QCPRange&>::of(&QCPAxis::rangeChanged), this, [this] {
        if (!fitting_) {
            follow_ = false;
            scheduleRebuild();
        }
    });
    plot_->installEventFilter(this);
    plot_->setMouseTracking(true);
    setLog(true);
}

void LossCurves::addCurve(RunModel* run, const std::string& series, const QString& name,
                          const QColor& color, Qt::PenStyle style) {
    Curve curve;
    curve.run = run;
    curve.series = series;
    curve.smoothed = series != "validation" && series != kRate;
    QColor faint = color;
    faint.setAlpha(60);
    curve.raw = plot_->addGraph();
    curve.raw->setPen(QPen(faint, 1));
    curve.raw->removeFromLegend();
    curve.smooth = plot_->addGraph();
    QPen pen(color, 1, style);
    curve.smooth->setPen(pen);
    curve.smooth->setName(name);
    curves_.push_back(curve);
}

// A curve for each term that a history has and that none is drawn for yet.
void LossCurves::addTerms() {
    for (RunModel* run : {&other_, run_}) {
        size_t color = 0;
        for (const auto& [name, series] : run->series()) {
            const bool source = isTermOf(name, "source");
            if (!source && !isTermOf(name, "destination")) {
                continue;
            }
            const std::string term = name.substr(name.find('_') + 1);
            const bool known = std::any_of(curves_.begin(), curves_.end(), [&](const Curve& curve) {
                return curve.run == run && curve.series == name;
            });
            if (!known) {
                addCurve(run, name, run == run_ ? text(term) : tr("%1, other").arg(text(term)),
                         kTermColors[color % std::size(kTermColors)],
                         run == run_ ? Qt::SolidLine : Qt::DotLine);
            }
            ++color;
        }
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
            return series == kRate;
    }
    return false;
}

// Null where the run has no such values.
const CurveSeries* LossCurves::seriesOf(const Curve& curve) const {
    const auto found = curve.run->series().find(curve.series);
    return found == curve.run->series().end() || found->second.empty() ? nullptr : &found->second;
}

void LossCurves::setRuns(const QStringList& names, const std::filesystem::path& folder) {
    runs_ = names;
    runsFolder_ = folder;
    fillCompared();
    compareWith(compared_->currentData().toString());  // of this project
}

void LossCurves::fillCompared() {
    std::vector<Choice> choices = {{tr("Compare with…"), QString()}};
    for (const QString& name : runs_) {
        if (name != run_->name()) {
            choices.push_back({name, name});
        }
    }
    setChoices(compared_, choices);
    if (compared_->currentIndex() < 0) {
        compared_->setCurrentIndex(0);  // it is gone, or is the one that is looked at
    }
    compared_->setVisible(choices.size() > 1);
}

void LossCurves::compareWith(const QString& run) {
    other_.setRun(run, run.isEmpty() ? std::filesystem::path() : runsFolder_ / utf8(run));
    scheduleRebuild();
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
    if (!rebuildTimer_.isActive()) {
        rebuildTimer_.start();
    }
}

void LossCurves::rebuild() {
    addTerms();
    double last = 0;
    for (const Curve& curve : curves_) {
        const CurveSeries* series = seriesOf(curve);
        last = std::max(last, series != nullptr && isWanted(curve) ? series->lastStep() : 0);
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
    fitValues(from, to);
    fitting_ = false;
    marks_->setCheckpoints(run_->checkpoints());
    marks_->setChanges(run_->changes());
    marks_->place(log_);
    plot_->legend->setVisible(plot_->legend->itemCount() > 0);
    const bool rate = shown_->currentData().toInt() == static_cast<int>(Shown::learningRate);
    plot_->yAxis->setLabel(rate ? tr("learning rate") : tr("loss"));
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void LossCurves::rebuildCurve(Curve& curve, double from, double to) {
    const CurveSeries* series = seriesOf(curve);
    const bool visible = series != nullptr && isWanted(curve);
    curve.raw->setVisible(visible && curve.smoothed);
    curve.smooth->setVisible(visible);
    const bool inLegend = curve.smooth->parentPlot()->legend->hasItemWithPlottable(curve.smooth);
    if (visible && !inLegend) {
        curve.smooth->addToLegend();
    } else if (!visible && inLegend) {
        curve.smooth->removeFromLegend();
    }
    if (!visible) {
        return;
    }
    const auto fill = [&](QCPGraph* graph, bool smoothed) {
        const CurvePoints points = series->thinned(from, to, kMostPoints, smoothed, log_);
        graph->setData(QVector<double>(points.x.begin(), points.x.end()),
                       QVector<double>(points.y.begin(), points.y.end()), true);
        pointsShown_ += static_cast<int>(points.x.size());
    };
    if (curve.smoothed) {
        fill(curve.raw, false);
    }
    fill(curve.smooth, curve.smoothed);
}

QStringList LossCurves::drawn() const {
    QStringList names;
    for (const Curve& curve : curves_) {
        if (curve.smooth->visible()) {
            names << curve.smooth->name();
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
        low = std::fmin(low, series.percentile(0.02, from, to, log_));
        high = std::fmax(high, series.percentile(0.98, from, to, log_));
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
            above += seriesOf(curve)->countAbove(plot_->yAxis->range().upper, from, to);
        }
    }
    cut_->setText(above > 0 ? tr("↑ %1 above").arg(countText(static_cast<int64_t>(above)))
                            : QString());
}

bool LossCurves::eventFilter(QObject* watched, QEvent* event) {
    if (watched == plot_) {
        if (event->type() == QEvent::MouseMove) {
            const auto* mouse = static_cast<QMouseEvent*>(event);
            const QRect area = plot_->axisRect()->rect();
            area.contains(mouse->position().toPoint()) ? showCursor(mouse->position().x())
                                                       : hideCursor();
        } else if (event->type() == QEvent::Leave) {
            hideCursor();
        } else if (event->type() == QEvent::MouseButtonDblClick) {
            follow_ = true;
            scheduleRebuild();
        } else if (event->type() == QEvent::MouseButtonRelease) {
            const double at =
                plot_->xAxis->pixelToCoord(static_cast<QMouseEvent*>(event)->position().x());
            if (const auto step = marks_->checkpointNear(at, reach())) {
                Q_EMIT checkpointClicked(*step);
            }
        }
    }
    return QWidget::eventFilter(watched, event);
}

// Steps within which the cursor is at a mark.
double LossCurves::reach() const {
    return plot_->xAxis->range().size() * 0.006;
}

void LossCurves::showCursor(double x) {
    const double step = plot_->xAxis->pixelToCoord(x);
    QStringList parts;
    double nearest = step;
    for (const Curve& curve : curves_) {
        const CurveSeries* series = seriesOf(curve);
        if (series == nullptr || !curve.smooth->visible()) {
            continue;
        }
        const double value = curve.smoothed ? series->smoothedAt(step) : series->valueAt(step);
        parts << QStringLiteral("%1 %2").arg(curve.smooth->name(), lossText(value));
    }
    if (parts.isEmpty()) {
        return;
    }
    if (const QString changed = marks_->changesNear(step, reach()); !changed.isEmpty()) {
        parts << tr("changed at %1").arg(changed);
    }
    const QString said =
        tr("step %1   %2").arg(countText(std::llround(nearest)), parts.join("   "));
    readOut_->setText(readOut_->fontMetrics().elidedText(said, Qt::ElideRight, width() - 26));
    cursor_->start->setCoords(step, plot_->yAxis->range().lower);
    cursor_->end->setCoords(step, plot_->yAxis->range().upper);
    cursor_->setVisible(true);
    plot_->layer("cursor")->replot();
}

void LossCurves::hideCursor() {
    if (cursor_->visible()) {
        cursor_->setVisible(false);
        readOut_->clear();
        plot_->layer("cursor")->replot();
    }
}

}  // namespace understudy::ui
