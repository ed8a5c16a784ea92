// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/face_tools.h"

#include <QButtonGroup>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QSlider>
#include <QStackedWidget>
#include <cmath>

#include "ui/panels/basics.h"

namespace understudy::ui {
namespace {

// The size slider is logarithmic: from 1 to 400 pixels.
constexpr double kLeastRadius = 1;
constexpr double kMostRadius = 400;
constexpr int kSizeSteps = 200;

double radiusAt(int step) {
    return kLeastRadius *
           std::pow(kMostRadius / kLeastRadius, static_cast<double>(step) / kSizeSteps);
}

int stepOf(double radius) {
    const double share = std::log(std::clamp(radius, kLeastRadius, kMostRadius) / kLeastRadius) /
                         std::log(kMostRadius / kLeastRadius);
    return static_cast<int>(std::lround(share * kSizeSteps));
}

QToolButton* textButton(const QString& text, const char* name, const QString& tip) {
    auto* button = new QToolButton;
    button->setObjectName(name);
    button->setText(text);
    button->setToolTip(tip);
    button->setAutoRaise(true);
    button->setMinimumHeight(24);
    button->setFocusPolicy(Qt::NoFocus);
    return button;
}

QHBoxLayout* rowOf(QWidget* widget) {
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(8, 2, 8, 2);
    row->setSpacing(4);
    return row;
}

}  // namespace

FaceTools::FaceTools(QWidget* parent) : QWidget(parent) {
    setObjectName("faceTools");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 2, 0, 2);
    column->setSpacing(0);
    auto* tools = new QWidget;
    buildTools(rowOf(tools));
    column->addWidget(tools);
    choices_ = new QStackedWidget;
    auto* hint =
        label(tr("Wheel zooms, middle drag pans. T places landmarks, D and Q change the mask."),
              theme::FontUse::caption, theme::kHint);
    hint->setContentsMargins(12, 0, 8, 0);
    choices_->addWidget(hint);
    choices_->addWidget(buildPoints());
    choices_->addWidget(buildBrush());
    choices_->addWidget(buildPolygon());
    choices_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    column->addWidget(choices_);
    showTexts();
}

void FaceTools::buildTools(QHBoxLayout* row) {
    tools_ = new QButtonGroup(this);
    const auto add = [&](FaceTool tool, const QString& text, const char* name, const QString& tip) {
        auto* button = textButton(text, name, tip);
        button->setCheckable(true);
        tools_->addButton(button, static_cast<int>(tool));
        row->addWidget(button);
    };
    add(FaceTool::view, tr("View"), "toolView", tipWithKey(tr("Look, zoom and pan"), "V"));
    add(FaceTool::points, tr("Landmarks"), "toolPoints",
        tipWithKey(
            tr("Drag a landmark; with Shift its eye, brow, nose, mouth or jaw, with Ctrl the "
               "whole face; with both it turns and scales. N goes to the next point, arrows move "
               "it."),
            "T"));
    add(FaceTool::brush, tr("Brush"), "toolBrush",
        tipWithKey(tr("Paint what belongs to the face: it is trained and swapped"), "D"));
    add(FaceTool::eraser, tr("Eraser"), "toolEraser",
        tipWithKey(tr("Paint what is in front of the face: it stays as it is in the plate"),
                   "Shift+D"));
    add(FaceTool::restore, tr("Restore"), "toolRestore",
        tipWithKey(tr("Paint back to the mask as it was made; or hold Alt with brush or eraser"),
                   "Ctrl+D"));
    add(FaceTool::including, tr("Polygon +"), "toolIncluding",
        tipWithKey(tr("Click round what belongs to the face; a click on the first point or Return "
                      "closes it"),
                   "Q"));
    add(FaceTool::excluding, tr("Polygon −"), "toolExcluding",
        tipWithKey(tr("Click round what is in front of the face; a click on the first point or "
                      "Return closes it"),
                   "Shift+Q"));
    tools_->button(0)->setChecked(true);
    row->addStretch(1);
    connect(tools_, &QButtonGroup::idClicked, this,
            [this](int id) { setTool(static_cast<FaceTool>(id)); });
}

QWidget* FaceTools::buildPoints() {
    auto* box = new QWidget;
    QHBoxLayout* row = rowOf(box);
    row->addWidget(label(tr("Drag moves"), theme::FontUse::caption, theme::kSecond));
    grips_ = new QButtonGroup(this);
    const auto grip = [&](PointGrip which, const QString& text, const char* name,
                          const QString& tip) {
        auto* button = textButton(text, name, tip);
        button->setCheckable(true);
        grips_->addButton(button, static_cast<int>(which));
        row->addWidget(button);
    };
    grip(PointGrip::point, tr("Point"), "gripPoint", tr("The landmark under the pointer"));
    grip(PointGrip::group, tr("Group"), "gripGroup",
         tipWithKey(tr("Its eye, brow, nose, mouth or jaw"), "Shift+drag"));
    grip(PointGrip::whole, tr("All"), "gripWhole", tipWithKey(tr("The whole face"), "Ctrl+drag"));
    grip(PointGrip::turn, tr("Turn"), "gripTurn",
         tipWithKey(tr("Turns and scales the whole face around its middle: drag round it, or away "
                       "from it. Arrows: left and right turn, up and down scale"),
                    "Ctrl+Shift+drag"));
    grips_->button(0)->setChecked(true);
    connect(grips_, &QButtonGroup::idClicked, this, [this](int id) {
        grip_ = static_cast<PointGrip>(id);
        Q_EMIT brushChanged();
    });
    row->addStretch(1);
    auto* key =
        textButton(tr("Key"), "landmarksKey",
                   tipWithKey(tr("These landmarks are right: make a key frame of them"), "S"));
    auto* between = textButton(
        tr("Between keys"), "landmarksBetween",
        tipWithKey(tr("Place the faces between the key frames around this one, or between all keys "
                      "of the selected range, frames without a face too. With Ctrl the tracking "
                      "between the keys leads"),
                   "Shift+S"));
    auto* found = textButton(
        tr("As found"), "landmarksAsFound",
        tipWithKey(tr("The landmarks of the selected faces as they were found"), "Delete"));
    for (QToolButton* button : {key, between, found}) {
        row->addWidget(button);
    }
    connect(key, &QToolButton::clicked, this, &FaceTools::keyWanted);
    connect(between, &QToolButton::clicked, this, [this] {
        Q_EMIT betweenWanted(QGuiApplication::keyboardModifiers() & Qt::ControlModifier);
    });
    connect(found, &QToolButton::clicked, this, &FaceTools::asFoundWanted);
    return box;
}

QWidget* FaceTools::buildBrush() {
    auto* box = new QWidget;
    QHBoxLayout* row = rowOf(box);
    const auto slider = [&](const QString& text, const char* name, int most, int value,
                            const QString& tip, QLabel*& number) {
        row->addWidget(label(text, theme::FontUse::caption, theme::kSecond));
        auto* made = new QSlider(Qt::Horizontal);
        made->setObjectName(name);
        made->setRange(0, most);
        made->setValue(value);
        made->setFixedWidth(96);
        made->setToolTip(tip);
        row->addWidget(made);
        number = label({}, theme::FontUse::numberCaption);
        number->setFixedWidth(48);
        row->addWidget(number);
        connect(made, &QSlider::valueChanged, this, [this] {
            showTexts();
            Q_EMIT brushChanged();
        });
        return made;
    };
    size_ = slider(tr("Size"), "brushSize", kSizeSteps, stepOf(12),
                   tipWithKey(tr("Half the width of the brush in pixels of the plate"), "[ and ]"),
                   sizeText_);
    soft_ = slider(tr("Soft"), "brushSoft", 100, 40,
                   tr("How much of the brush fades towards its rim"), softText_);
    row->addStretch(1);
    row->addWidget(clearButton("maskClear"));
    return box;
}

QWidget* FaceTools::buildPolygon() {
    auto* box = new QWidget;
    QHBoxLayout* row = rowOf(box);
    auto* hint = new ElidedLabel;
    hint->setFont(theme::font(theme::FontUse::caption));
    setColor(hint, theme::kHint);
    hint->setFullText(tr("Return closes, Backspace takes the last point back, Esc drops it."));
    row->addWidget(hint, 1);
    row->addWidget(clearButton("polygonClear"));
    return box;
}

QToolButton* FaceTools::clearButton(const char* name) {
    auto* clear =
        textButton(tr("Clear painting"), name, tr("Takes away all that was painted in this frame"));
    connect(clear, &QToolButton::clicked, this, &FaceTools::clearPaintWanted);
    return clear;
}

void FaceTools::showTexts() {
    sizeText_->setText(tr("%1 px").arg(std::lround(radius())));
    softText_->setText(tr("%1 %").arg(soft_->value()));
}

void FaceTools::setTool(FaceTool tool) {
    tool_ = tool;
    tools_->button(static_cast<int>(tool))->setChecked(true);
    choices_->setCurrentIndex(tool == FaceTool::view     ? 0
                              : tool == FaceTool::points ? 1
                              : outlines()               ? 3
                                                         : 2);
    Q_EMIT toolChanged();
}

void FaceTools::setGrip(PointGrip grip) {
    grip_ = grip;
    grips_->button(static_cast<int>(grip))->setChecked(true);
}

MaskPaint::Brush FaceTools::brush() const {
    switch (tool_) {
        case FaceTool::restore:
            return MaskPaint::Brush::restore;
        case FaceTool::eraser:
        case FaceTool::excluding:
            return MaskPaint::Brush::remove;
        default:
            return MaskPaint::Brush::add;
    }
}

double FaceTools::radius() const {
    return radiusAt(size_->value());
}

double FaceTools::softness() const {
    return soft_->value() / 100.0;
}

void FaceTools::setRadius(double radius) {
    const int step = stepOf(radius);
    // A small factor moves on all the same.
    size_->setValue(step == size_->value() && radius != this->radius()
                        ? step + (radius > this->radius() ? 1 : -1)
                        : step);
}

}  // namespace understudy::ui
