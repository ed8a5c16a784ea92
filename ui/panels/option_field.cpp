// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/option_field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>
#include <algorithm>

#include "ui/models/formatting.h"
#include "ui/panels/basics.h"

namespace understudy::ui {
namespace {

constexpr int kEditorWidth = 128;

}  // namespace

OptionField::OptionField(const training::OptionInfo& info, const QString& title, bool withHelp,
                         QWidget* parent)
    : QWidget(parent), info_(info) {
    setObjectName("option." + text(info_.key));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, withHelp ? 8 : 0);
    column->setSpacing(2);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    title_ = label(title);
    row->addWidget(title_, 1);
    editor_ = makeEditor();
    editor_->setToolTip(said(info_.help));
    title_->setToolTip(said(info_.help));
    row->addWidget(editor_);
    column->addLayout(row);
    if (withHelp) {
        help_ = label(said(info_.help), theme::FontUse::caption, theme::kHint);
        help_->setWordWrap(true);
        column->addWidget(help_);
    }
    error_ = label({}, theme::FontUse::caption, theme::kError);
    error_->setObjectName("optionError");
    error_->setWordWrap(true);
    error_->setVisible(false);
    column->addWidget(error_);
}

QWidget* OptionField::makeEditor() {
    using Kind = training::OptionInfo::Kind;
    switch (info_.kind) {
        case Kind::boolean: {
            auto* box = new QCheckBox;
            connect(box, &QCheckBox::clicked, this, &OptionField::edited);
            return box;
        }
        case Kind::choice: {
            auto* combo = new QComboBox;
            for (const auto& choice : info_.choices) {
                combo->addItem(text(choice));
            }
            combo->setFixedWidth(kEditorWidth);
            connect(combo, &QComboBox::activated, this, &OptionField::edited);
            return combo;
        }
        case Kind::integer: {
            if (info_.most > 2e9) {
                break;  // larger than a spin box counts: a text field
            }
            auto* box = new QSpinBox;
            box->setRange(static_cast<int>(info_.least), static_cast<int>(info_.most));
            box->setGroupSeparatorShown(true);
            box->setFixedWidth(kEditorWidth);
            box->setFont(theme::font(theme::FontUse::number));
            box->setAlignment(Qt::AlignRight);
            box->setSuffix(info_.key == "resolution"      ? tr(" px")
                           : info_.key.ends_with("Every") ? tr(" steps")
                           : info_.key == "batch"         ? tr(" faces")
                                                          : QString());
            box->setSingleStep(info_.key == "resolution" ? 32 : 1);
            connect(box, &QSpinBox::valueChanged, this, &OptionField::edited);
            return box;
        }
        case Kind::real:
        case Kind::text:
            break;
    }
    auto* line = new QLineEdit;
    line->setFixedWidth(kEditorWidth);
    line->setFont(theme::font(theme::FontUse::number));
    line->setAlignment(info_.kind == Kind::text ? Qt::AlignLeft : Qt::AlignRight);
    connect(line, &QLineEdit::editingFinished, this, &OptionField::edited);
    connect(line, &QLineEdit::textEdited, this, &OptionField::typed);
    return line;
}

void OptionField::setValue(const QString& value) {
    const QSignalBlocker quiet(editor_);
    if (auto* box = qobject_cast<QCheckBox*>(editor_)) {
        box->setChecked(value == QStringLiteral("true") || value == QStringLiteral("1"));
    } else if (auto* combo = qobject_cast<QComboBox*>(editor_)) {
        combo->setCurrentText(value);
    } else if (auto* spin = qobject_cast<QSpinBox*>(editor_)) {
        spin->setValue(value.toInt());
    } else if (auto* line = qobject_cast<QLineEdit*>(editor_)) {
        line->setText(value);
    }
    setError({});
}

QString OptionField::value() const {
    if (const auto* box = qobject_cast<QCheckBox*>(editor_)) {
        return box->isChecked() ? QStringLiteral("true") : QStringLiteral("false");
    }
    if (const auto* combo = qobject_cast<QComboBox*>(editor_)) {
        return combo->currentText();
    }
    if (const auto* spin = qobject_cast<QSpinBox*>(editor_)) {
        return QString::number(spin->value());
    }
    const auto* line = qobject_cast<QLineEdit*>(editor_);
    return line != nullptr ? line->text().trimmed() : QString();
}

void OptionField::setRefused(bool refused) {
    setError(refused ? tr("'%1' cannot be. %2.").arg(value(), valueWanted(info_)) : QString());
}

void OptionField::setError(const QString& text) {
    error_->setText(text);
    error_->setVisible(!text.isEmpty());
}

}  // namespace understudy::ui
