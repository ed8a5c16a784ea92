// SPDX-License-Identifier: GPL-3.0-or-later
// The plot and its controls, as LossCurves begins with them.
// The plotting library's header needs the short keywords.
#undef QT_NO_KEYWORDS

#include <QComboBox>
#include <QHBoxLayout>
#include <QSlider>

#include "ui/panels/basics.h"
#include "ui/panels/curve_axes.h"
#include "ui/panels/icons.h"
#include "ui/panels/loss_curves.h"

namespace understudy::ui {

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
    timeButton_ = textButton(
        tr("time"), tipWithKey(tr("Over the time trained instead of the steps"), "T"), "curveTime");
    connect(timeButton_, &QToolButton::toggled, this, &LossCurves::setOverTime);
    connect(logButton_, &QToolButton::toggled, this, &LossCurves::setLog);
    connect(tenthButton_, &QToolButton::toggled, this, [this](bool on) {
        lastTenth_ = on;
        follow_ = true;
        scheduleRebuild();
    });
    QToolButton* whole =
        iconButton("retry", tipWithKey(tr("Show the whole run again"), tr("Home")), "curveFit");
    connect(whole, &QToolButton::clicked, this, &LossCurves::fit);
    row->addWidget(whole);
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
        addCurve(run, kLearningRate, named(tr("learning rate")), theme::kText, line);
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
    setOverTime(false);
}

void LossCurves::addCurve(RunModel* run, const std::string& series, const QString& name,
                          const QColor& color, Qt::PenStyle style) {
    Curve curve;
    curve.run = run;
    curve.series = series;
    curve.smoothed = series != "validation" && series != kLearningRate;
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

}  // namespace understudy::ui
