// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/look_form.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

struct Number {
    const char* option;
    const char* objectName;
    const char* title;
    const char* help;
    double step;
    bool folded;
    const char* unit = nullptr;
};

constexpr Number kNumbers[] = {
    {"--scale", "lookScale", QT_TRANSLATE_NOOP("LookForm", "Face size"),
     QT_TRANSLATE_NOOP("LookForm",
                       "Size of the new face about its eyes: 1 as the crops have it. Two people's "
                       "features differ in size against their heads"),
     0.01, false},
    {"--erode", "lookErode", QT_TRANSLATE_NOOP("LookForm", "Edge stays plate"),
     QT_TRANSLATE_NOOP("LookForm", "Band inside the outline that stays plate, in face widths"),
     0.01, false, QT_TRANSLATE_NOOP("LookForm", "face widths")},
    {"--blur", "lookBlur", QT_TRANSLATE_NOOP("LookForm", "Soft edge"),
     QT_TRANSLATE_NOOP("LookForm", "Width of the soft edge, in face widths"), 0.01, false,
     QT_TRANSLATE_NOOP("LookForm", "face widths")},
    {"--sharpen", "lookSharpen", QT_TRANSLATE_NOOP("LookForm", "Sharpen"),
     QT_TRANSLATE_NOOP("LookForm", "Fine contrast: 0 as the network has it, 1 as the plate has it"),
     0.1, true},
    {"--lighting", "lookLighting", QT_TRANSLATE_NOOP("LookForm", "Plate's light"),
     QT_TRANSLATE_NOOP("LookForm", "How much of the plate's broad light and shade the face takes"),
     0.1, true},
    {"--grain", "lookGrain", QT_TRANSLATE_NOOP("LookForm", "Grain at the edge"),
     QT_TRANSLATE_NOOP("LookForm", "How much of the plate's grain stays where the mask fades"), 0.1,
     true},
    {"--occlusion", "lookOcclusion", QT_TRANSLATE_NOOP("LookForm", "Hands in front"),
     QT_TRANSLATE_NOOP("LookForm",
                       "Sensitivity to what is in front of the face: 0 is off, 1 the usual"),
     0.25, true},
    {"--steady", "lookSteady", QT_TRANSLATE_NOOP("LookForm", "Steady"),
     QT_TRANSLATE_NOOP("LookForm", "Smoothing of the landmarks, in frames"), 0.5, true,
     QT_TRANSLATE_NOOP("LookForm", "frames")},
    {"--eye-fit", "lookEyeFit", QT_TRANSLATE_NOOP("LookForm", "Fit to the eyes"),
     QT_TRANSLATE_NOOP("LookForm", "How far the eyes are put onto the plate's"), 0.1, true},
};

void choose(QComboBox* combo, const std::string& value) {
    const int index = combo->findData(text(value));
    combo->setCurrentIndex(index < 0 ? 0 : index);
}

}  // namespace

LookForm::LookForm(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    color_ = addModes(column, tr("Colour"), "lookColor",
                      {{tr("Match the plate's tones"), "linear"},
                       {tr("Match the plate's mean only"), "mean"},
                       {tr("As the network draws it"), "none"}});
    mask_ = addModes(column, tr("Mask"), "lookMask",
                     {{tr("As far as the new face reaches"), "learned"},
                      {tr("Outline of the landmarks"), "hull"},
                      {tr("Learned, within the outline"), "learned*hull"}});
    auto* fold = new FoldSection(tr("Advanced"));
    for (const Number& number : kNumbers) {
        addNumber(number.folded ? fold->body() : column, number.option);
    }
    column->addWidget(fold);
    setFocusProxy(color_);
    setLook(usualLook());
}

QComboBox* LookForm::addModes(QVBoxLayout* column, const QString& title, const char* name,
                              const std::vector<std::pair<QString, const char*>>& modes) {
    auto* row = new QHBoxLayout;
    QLabel* words = label(title, theme::FontUse::body, theme::kSecond);
    words->setMinimumWidth(64);
    row->addWidget(words);
    auto* combo = new QComboBox;
    combo->setObjectName(name);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (const auto& [says, value] : modes) {
        combo->addItem(says, QString::fromLatin1(value));
    }
    row->addWidget(combo, 1);
    column->addLayout(row);
    connect(combo, &QComboBox::activated, this, &LookForm::changed);
    return combo;
}

void LookForm::addNumber(QVBoxLayout* column, const std::string& option) {
    const Number& number = *std::find_if(std::begin(kNumbers), std::end(kNumbers),
                                         [&](const Number& n) { return n.option == option; });
    auto* box = new QDoubleSpinBox;
    box->setObjectName(number.objectName);
    const auto& limits = *training::lookOption(option.substr(2));
    box->setRange(limits.least, limits.most);
    box->setSingleStep(number.step);
    box->setDecimals(2);
    box->setFixedWidth(96);
    box->setFont(theme::font(theme::FontUse::number));
    box->setAlignment(Qt::AlignRight);
    auto* row = new QHBoxLayout;
    QLabel* words =
        label(number.unit == nullptr ? tr(number.title)
                                     : tr("%1, %2").arg(tr(number.title), tr(number.unit)),
              theme::FontUse::body, theme::kSecond);
    words->setToolTip(tr(number.help));
    box->setToolTip(tr(number.help));
    row->addWidget(words, 1);
    row->addWidget(box);
    column->addLayout(row);
    numbers_[option] = box;
    connect(box, &QDoubleSpinBox::valueChanged, this, &LookForm::changed);
}

QString LookForm::namesOf(const std::vector<std::string>& options) {
    QStringList names;
    for (const std::string& option : options) {
        const auto number = std::find_if(std::begin(kNumbers), std::end(kNumbers),
                                         [&](const Number& n) { return n.option == option; });
        names << (option == "--color"            ? tr("colour")
                  : option == "--mask"           ? tr("mask")
                  : number != std::end(kNumbers) ? tr(number->title).toLower()
                                                 : text(option.substr(2)));
    }
    return names.join(QStringLiteral(", "));
}

void LookForm::setLook(const Look& look) {
    given_ = look;
    const auto value = [&](const std::string& option) {
        const auto found = look.find(option);
        return found == look.end() ? usualLook().at(option) : found->second;
    };
    choose(color_, value("--color"));
    choose(mask_, value("--mask"));
    for (const auto& [option, box] : numbers_) {
        const QSignalBlocker quiet(box);
        box->setValue(text(value(option)).toDouble());
    }
}

Look LookForm::look() const {
    Look look = given_;
    look["--color"] = utf8(color_->currentData().toString());
    look["--mask"] = utf8(mask_->currentData().toString());
    for (const auto& [option, box] : numbers_) {
        look[option] = utf8(QString::number(box->value()));
    }
    return look;
}

}  // namespace understudy::ui
