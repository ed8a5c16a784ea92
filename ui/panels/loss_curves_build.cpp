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
#include "ui/panels/tick_field.h"

namespace understudy::ui {

void LossCurves::buildControls(QHBoxLayout* row) {
    row->addWidget(label(tr("Loss"), theme::FontUse::title));
    row->addStretch(1);
    cut_ = label({}, theme::FontUse::caption, theme::kHint);
    cut_->setToolTip(tr("Values above the visible range"));
    row->addWidget(cut_);
    buildShown(row);
    buildCompare(row);
    buildSmoothing(row);
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

void LossCurves::buildShown(QHBoxLayout* row) {
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
}

void LossCurves::buildCompare(QHBoxLayout* row) {
    compare_ = new TickField;
    compare_->setObjectName("curveCompare");
    compare_->setToolTip(
        tr("Up to %1 other runs of this project, each in its own dashes").arg(ComparedRuns::kMost));
    compare_->setMinimumContentsLength(13);
    connect(compare_->menu(), &QMenu::aboutToShow, this, &LossCurves::fillCompareMenu);
    row->addWidget(compare_);
}

void LossCurves::tellCompared() {
    const int count = compared_.count();
    compare_->setWords(count == 0   ? tr("Compare with…")
                       : count == 1 ? tr("With one run")
                                    : tr("With %1 runs").arg(count));
    compare_->setVisible(compared_.runs().size() > 1);
    scheduleRebuild();
}

// Newest first.
void LossCurves::fillCompareMenu() {
    TickMenu* menu = compare_->menu();
    menu->clear();
    const QStringList& runs = compared_.runs();
    for (auto name = runs.rbegin(); name != runs.rend(); ++name) {
        const bool looked = *name == run_->name();
        QAction* action = menu->addAction(looked ? tr("%1   shown").arg(*name) : *name);
        action->setData(*name);
        action->setCheckable(true);
        action->setChecked(compared_.chosen().contains(*name));
        action->setEnabled(!looked && (action->isChecked() || !compared_.full()));
        connect(action, &QAction::toggled, this, [this, menu, name = *name](bool on) {
            QStringList chosen = compared_.chosen();
            chosen.removeAll(name);
            compared_.choose(on ? chosen << name : chosen);
            for (QAction* each : menu->actions()) {
                if (each->isCheckable() && each->data() != run_->name()) {
                    each->setEnabled(each->isChecked() || !compared_.full());
                }
            }
        });
    }
    menu->addSeparator();
    menu->addAction(tr("None"), this, [this] { compared_.choose({}); });
}

void LossCurves::buildSmoothing(QHBoxLayout* row) {
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
        compared_.setSmoothing(value / 100.0);
    });
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
    // Those that smoothing changes have pictures of their own, which are drawn without the rest.
    plot_->addLayer(kCompared, plot_->layer("main"), QCustomPlot::limBelow);
    plot_->addLayer(kRaw, plot_->layer(kCompared), QCustomPlot::limBelow);
    plot_->layer(kCompared)->setMode(QCPLayer::lmBuffered);
    plot_->layer("main")->setMode(QCPLayer::lmBuffered);

    addCurves("source", tr("source"), QPen(theme::kSource, 1), 0);
    addCurves("destination", tr("destination"), QPen(theme::kDestination, 1, Qt::DashLine), 1);
    addCurves("loss", tr("total"), QPen(theme::kText, 1), 2);
    addCurves(kLearningRate, tr("learning rate"), QPen(theme::kText, 1), 2);
    addCurves("validation", tr("validation"), QPen(Qt::white, 1, Qt::DashDotLine), 3);
    marks_ = std::make_unique<CurveMarks>(plot_);
    cursor_ = std::make_unique<CurveCursor>(plot_);
    buildLegend();

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

void LossCurves::buildLegend() {
    plot_->legend->setVisible(true);
    plot_->legend->setBrush(QColor(0x1F, 0x1F, 0x1F, 220));
    plot_->legend->setBorderPen(Qt::NoPen);
    plot_->legend->setTextColor(theme::kSecond);
    plot_->legend->setFont(theme::font(theme::FontUse::caption));
    plot_->legend->setIconSize(28, 10);
    plot_->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);
    for (size_t slot = 0; slot < keys_.size(); ++slot) {
        keys_[slot] = plot_->addGraph();
        keys_[slot]->setPen(runPen(slot));
        keys_[slot]->removeFromLegend();
    }
}

void LossCurves::addCurves(const std::string& series, const QString& name, const QPen& pen,
                           size_t marker) {
    const auto graph = [this](const QPen& look, const char* layer) {
        QCPGraph* made = plot_->addGraph();
        made->setPen(look);
        made->setLayer(layer);
        made->removeFromLegend();
        return made;
    };
    Curve curve;
    curve.series = series;
    curve.name = name;
    curve.marker = marker;
    curve.smoothed = series != "validation" && series != kLearningRate;
    for (size_t slot = 0; slot < ComparedRuns::kMost; ++slot) {
        curve.run = &compared_.followed()[slot];
        curve.smooth = graph(runPen(slot), kCompared);
        curves_.push_back(curve);
    }
    QColor faint = pen.color();
    faint.setAlpha(60);
    curve.run = run_;
    curve.raw = graph(QPen(faint, 1), kRaw);
    curve.smooth = graph(pen, "main");
    curve.smooth->setName(name);
    curves_.push_back(curve);
}

}  // namespace understudy::ui
