// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/name_field.h"

#include <QHBoxLayout>
#include <QMenu>

#include "training/prepare/name_template.h"
#include "ui/models/described.h"
#include "ui/models/formatting.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

NameField::NameField(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* place = new QHBoxLayout;
    place->setSpacing(4);
    place->addWidget(label(tr("To"), theme::FontUse::body, theme::kSecond));
    folder_ = new ElidedLabel;
    folder_->setObjectName("deliverFolder");
    place->addWidget(folder_, 1);
    auto* browse = iconButton("folder", tr("Choose the folder…"), "deliverBrowse");
    place->addWidget(browse);
    column->addLayout(place);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    row->addWidget(label(tr("Name"), theme::FontUse::body, theme::kSecond));
    name_ = new QLineEdit;
    name_->setObjectName("deliverName");
    name_->setAccessibleName(tr("How the files are named"));
    row->addWidget(name_, 1);
    auto* tokens = iconButton("add", tr("Put a token into the name"), "deliverTokens");
    auto* menu = new QMenu(tokens);
    menu->setObjectName("tokenMenu");
    for (const auto& token : training::nameTokens()) {
        const QString written = QStringLiteral("{%1}").arg(text(token.name));
        menu->addAction(QStringLiteral("%1\t%2").arg(written, said(token.says)), this,
                        [this, written] { insertToken(written); });
    }
    tokens->setMenu(menu);
    tokens->setFixedWidth(36);  // with its arrow
    tokens->setPopupMode(QToolButton::InstantPopup);
    row->addWidget(tokens);
    column->addLayout(row);
    for (ElidedLabel** line : {&first_, &last_}) {
        *line = new ElidedLabel;
        (*line)->setFont(theme::font(theme::FontUse::numberCaption));
        setColor(*line, theme::kSecond);
        column->addWidget(*line);
    }
    first_->setObjectName("deliverFirst");
    last_->setObjectName("deliverLast");
    fault_ = label({}, theme::FontUse::caption, theme::kError);
    fault_->setObjectName("deliverFault");
    fault_->setWordWrap(true);
    column->addWidget(fault_);
    fault_->hide();
    connect(name_, &QLineEdit::textEdited, this, &NameField::nameEdited);
    connect(browse, &QToolButton::clicked, this, &NameField::folderRequested);
}

void NameField::insertToken(const QString& token) {
    name_->insert(token);
    name_->setFocus();
    Q_EMIT nameEdited(name_->text());
}

void NameField::setName(const QString& name) {
    if (name_->text() != name) {
        name_->setText(name);
        name_->setCursorPosition(0);
    }
}

void NameField::setFolder(const QString& folder) {
    folder_->setFullText(folder);
}

void NameField::setResult(const QString& first, const QString& last, const QString& fault) {
    first_->setFullText(first);
    last_->setFullText(last);
    first_->setVisible(fault.isEmpty());
    last_->setVisible(fault.isEmpty() && !last.isEmpty());
    fault_->setText(fault);
    fault_->setVisible(!fault.isEmpty());
}

}  // namespace understudy::ui
