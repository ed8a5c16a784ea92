// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/look_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/models/described.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr int kTitleWidth = 72;
constexpr int kNumberWidth = 96;

// "lookColorWindow".
QString objectNameOf(const training::LookOption& option) {
    QString name = QStringLiteral("look");
    for (const QString& part : text(option.key).split('-')) {
        name += part.left(1).toUpper() + part.mid(1);
    }
    return name;
}

}  // namespace

LookForm::LookForm(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* fold = new FoldSection(tr("Advanced"));
    fold->setObjectName("lookAdvanced");
    for (const bool modes : {true, false}) {
        for (const training::LookOption& option : training::lookOptions()) {
            if (option.choices.empty() != modes) {
                add(option.rare ? fold->body() : column, option);
                if (focusProxy() == nullptr) {
                    setFocusProxy(fields_[option.option()]);
                }
            }
        }
    }
    column->addWidget(fold);
    setLook(usualLook());
}

void LookForm::add(QVBoxLayout* column, const training::LookOption& option) {
    const bool isNumber = option.choices.empty();
    QWidget* field = isNumber ? numberOf(option) : modesOf(option);
    field->setObjectName(objectNameOf(option));
    field->setAccessibleName(said(option.title));
    field->setToolTip(said(option.help));
    fields_[option.option()] = field;
    const QString title = said(option.title);
    QLabel* words = label(option.unit.empty() ? title : tr("%1, %2").arg(title, said(option.unit)),
                          theme::FontUse::body, theme::kSecond);
    words->setToolTip(said(option.help));
    auto* row = new QHBoxLayout;
    if (isNumber) {
        row->addWidget(words, 1);
        row->addWidget(field);
    } else {
        words->setMinimumWidth(kTitleWidth);
        row->addWidget(words);
        row->addWidget(field, 1);
    }
    column->addLayout(row);
}

QWidget* LookForm::modesOf(const training::LookOption& option) {
    auto* combo = new QComboBox;
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (const training::LookChoice& choice : option.choices) {
        combo->addItem(said(choice.title), text(choice.name));
    }
    connect(combo, &QComboBox::activated, this, &LookForm::changed);
    return combo;
}

QWidget* LookForm::numberOf(const training::LookOption& option) {
    auto* box = new QDoubleSpinBox;
    box->setRange(option.least, option.most);
    box->setSingleStep(option.step);
    box->setDecimals(2);
    box->setFixedWidth(kNumberWidth);
    box->setFont(theme::font(theme::FontUse::number));
    box->setAlignment(Qt::AlignRight);
    connect(box, &QDoubleSpinBox::valueChanged, this, &LookForm::changed);
    return box;
}

QString LookForm::namesOf(const std::vector<std::string>& options) {
    QStringList names;
    for (const std::string& option : options) {
        const training::LookOption* known = training::lookOption(option.substr(2));
        names << (known == nullptr ? text(option.substr(2)) : said(known->title).toLower());
    }
    return names.join(QStringLiteral(", "));
}

void LookForm::setLook(const Look& look) {
    for (const auto& [option, field] : fields_) {
        const auto found = look.find(option);
        const QString value = text(found == look.end() ? usualLook().at(option) : found->second);
        const QSignalBlocker quiet(field);
        if (auto* combo = qobject_cast<QComboBox*>(field)) {
            combo->setCurrentIndex(std::max(0, combo->findData(value)));
        } else {
            qobject_cast<QDoubleSpinBox*>(field)->setValue(value.toDouble());
        }
    }
}

Look LookForm::look() const {
    Look look;
    for (const auto& [option, field] : fields_) {
        const auto* combo = qobject_cast<const QComboBox*>(field);
        look[option] =
            utf8(combo != nullptr
                     ? combo->currentData().toString()
                     : QString::number(qobject_cast<const QDoubleSpinBox*>(field)->value()));
    }
    return look;
}

}  // namespace understudy::ui
