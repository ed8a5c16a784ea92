// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/consent_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr int kWidth = 520;

std::string lineText(const QLineEdit* line) {
    return utf8(line->text().trimmed());
}

}  // namespace

ConsentDialog::ConsentDialog(const media::ConsentRecord& record, UserDialogs* dialogs,
                             const QString& folder, bool readOnly, QWidget* parent)
    : QDialog(parent), record_(record), dialogs_(dialogs), folder_(folder) {
    setObjectName("consentDialog");
    setWindowTitle(tr("Consent of %1").arg(text(record.performer)));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(kWidth);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    column->addWidget(
        label(tr("Consent of %1").arg(text(record.performer)), theme::FontUse::title));
    auto* intro = label(tr("As the signed sheet says it. The sheet stays where it is; its checksum "
                           "is kept with the record."),
                        theme::FontUse::caption, theme::kHint);
    intro->setWordWrap(true);
    column->addWidget(intro);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    grid->setColumnStretch(1, 1);
    buildFields(grid);
    column->addLayout(grid);
    buildFoot(column, readOnly);
    fill();
    check();
}

void ConsentDialog::addRow(QGridLayout* grid, const QString& title, QWidget* widget) {
    const int row = grid->rowCount();
    QLabel* name = label(title, theme::FontUse::body, theme::kSecond);
    const bool lines = qobject_cast<QPlainTextEdit*>(widget) != nullptr;
    name->setMinimumHeight(lines ? theme::kControlHeight
                                 : std::max(theme::kControlHeight, widget->sizeHint().height()));
    grid->addWidget(name, row, 0, Qt::AlignTop);
    grid->addWidget(widget, row, 1);
}

QLineEdit* ConsentDialog::addLine(QGridLayout* grid, const QString& title, const char* name,
                                  const QString& hint) {
    auto* line = new QLineEdit;
    line->setObjectName(name);
    line->setPlaceholderText(hint);
    line->setMinimumHeight(theme::kControlHeight);
    addRow(grid, title, line);
    connect(line, &QLineEdit::textChanged, this, &ConsentDialog::check);
    return line;
}

void ConsentDialog::buildFields(QGridLayout* grid) {
    kind_ = new QComboBox;
    kind_->setObjectName("consentKind");
    kind_->addItem(tr("Face replacement"), QStringLiteral("face replacement"));
    kind_->addItem(tr("Synthetic: a rendered performer"),
                   QString::fromUtf8(media::kSyntheticReplica.data(),
                                     static_cast<int>(media::kSyntheticReplica.size())));
    addRow(grid, tr("Replica"), kind_);
    use_ = new QPlainTextEdit;
    use_->setObjectName("consentUse");
    use_->setPlaceholderText(tr("face onto the stunt double in shots 010 to 040"));
    use_->setFixedHeight(56);
    use_->setTabChangesFocus(true);
    addRow(grid, tr("What for"), use_);
    connect(use_, &QPlainTextEdit::textChanged, this, &ConsentDialog::check);
    scope_ = addLine(grid, tr("Scope"), "consentScope", tr("training, swap, delivery"));
    production_ =
        addLine(grid, tr("Production"), "consentProduction", tr("the only one it is for"));
    signed_ = addLine(grid, tr("Signed on"), "consentSigned", tr("2026-03-01"));
    expires_ = addLine(grid, tr("Valid until"), "consentExpires",
                       tr("2027-03-01; nothing where no end was agreed"));
    auto* sheet = new QWidget;
    auto* row = new QHBoxLayout(sheet);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    sheet_ = new ElidedLabel;
    sheet_->setObjectName("consentSheet");
    row->addWidget(sheet_, 1);
    auto* choose = new QPushButton(tr("Choose…"));
    choose->setObjectName("consentChooseSheet");
    row->addWidget(choose);
    connect(choose, &QPushButton::clicked, this, &ConsentDialog::chooseSheet);
    addRow(grid, tr("Signed sheet"), sheet);
    representative_ = addLine(grid, tr("Signed by"), "consentRepresentative",
                              tr("who signed for them; nothing where they did"));
    minor_ = new QCheckBox(tr("The performer is a minor"));
    minor_->setObjectName("consentMinor");
    addRow(grid, {}, minor_);
    connect(minor_, &QCheckBox::toggled, this, &ConsentDialog::check);
    guardian_ = addLine(grid, tr("Guardian"), "consentGuardian", tr("who agreed for the minor"));
    reason_ = addLine(grid, tr("Reason"), "consentReason", tr("why a replica is needed"));
    approver_ = addLine(grid, tr("Approved by"), "consentApprover", tr("who looked at the sheet"));
    revoked_ = addLine(grid, tr("Revoked on"), "consentRevoked", tr("nothing while it holds"));
}

void ConsentDialog::buildFoot(QVBoxLayout* column, bool readOnly) {
    problem_ = label({}, theme::FontUse::caption, theme::kWarning);
    problem_->setObjectName("consentProblem");
    problem_->setWordWrap(true);
    problem_->setMinimumHeight(28);
    column->addWidget(problem_);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    auto* remove = new QPushButton(tr("Take the record away"));
    remove->setObjectName("consentRemove");
    remove->setVisible(record_.id != 0);
    remove->setEnabled(!readOnly);
    row->addWidget(remove);
    row->addStretch(1);
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setObjectName("consentCancel");
    row->addWidget(cancel);
    save_ = new QPushButton(record_.id == 0 ? tr("Record consent") : tr("Save"));
    save_->setObjectName("consentSave");
    save_->setDefault(true);
    save_->setVisible(!readOnly);
    row->addWidget(save_);
    column->addLayout(row);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(save_, &QPushButton::clicked, this, [this] {
        Q_EMIT saved(record());
        accept();
    });
    connect(remove, &QPushButton::clicked, this, [this] {
        Q_EMIT removed(record_);
        accept();
    });
}

void ConsentDialog::fill() {
    const int kind = kind_->findData(text(record_.replicaType));
    if (kind < 0 && !record_.replicaType.empty()) {
        kind_->addItem(text(record_.replicaType), text(record_.replicaType));
    }
    kind_->setCurrentIndex(std::max(0, kind_->findData(text(record_.replicaType))));
    use_->setPlainText(text(record_.use));
    const std::pair<QLineEdit*, const std::string*> lines[] = {
        {scope_, &record_.scope},       {production_, &record_.production},
        {signed_, &record_.signedOn},   {expires_, &record_.expires},
        {revoked_, &record_.revoked},   {representative_, &record_.representative},
        {guardian_, &record_.guardian}, {reason_, &record_.reason},
        {approver_, &record_.approver}};
    for (const auto& [line, value] : lines) {
        line->setText(text(*value));
        line->setCursorPosition(0);
    }
    minor_->setChecked(record_.minor);
    sheet_->setFullText(record_.document.empty() ? tr("none") : text(record_.document));
}

media::ConsentRecord ConsentDialog::record() const {
    media::ConsentRecord made = record_;
    made.replicaType = utf8(kind_->currentData().toString());
    made.use = utf8(use_->toPlainText().trimmed());
    made.scope = lineText(scope_);
    made.production = lineText(production_);
    made.signedOn = lineText(signed_);
    made.expires = lineText(expires_);
    made.revoked = lineText(revoked_);
    made.representative = lineText(representative_);
    made.minor = minor_->isChecked();
    made.guardian = made.minor ? lineText(guardian_) : std::string();
    made.reason = lineText(reason_);
    made.approver = lineText(approver_);
    return made;
}

void ConsentDialog::check() {
    if (save_ == nullptr) {
        return;  // still being built
    }
    guardian_->setEnabled(minor_->isChecked());
    const Status valid = media::checkConsent(record());
    save_->setEnabled(valid.ok());
    problem_->setText(valid.ok() ? QString() : errorText(valid.error()));
}

void ConsentDialog::chooseSheet() {
    const QString file = dialogs_->sheetFile(this, folder_);
    if (!file.isEmpty()) {
        record_.document = utf8(file);
        sheet_->setFullText(file);
        check();
    }
}

}  // namespace understudy::ui
