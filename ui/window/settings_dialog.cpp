// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/settings_dialog.h"

#include <QPushButton>
#include <QVBoxLayout>

#include "media/base/paths.h"
#include "training/client/machine_settings.h"
#include "training/prepare/project_settings.h"
#include "ui/models/background.h"
#include "ui/models/described.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr int kWidth = 720;

QLabel* heading(const QString& words) {
    QLabel* made = label(words, theme::FontUse::title);
    made->setContentsMargins(0, 8, 0, 0);
    return made;
}

}  // namespace

SettingsDialog::SettingsDialog(Studio& studio, QWidget* parent) : QDialog(parent), studio_(studio) {
    setObjectName("settingsDialog");
    setWindowTitle(tr("Settings"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    messages_ = new MessageBar;
    messages_->setObjectName("settingsMessages");
    column->addWidget(messages_);
    addMachine(column);
    if (studio_.session.isOpen()) {
        addProject(column);
    }
    auto* foot = new QHBoxLayout;
    auto* keys = new QPushButton(tr("Keys…"));
    keys->setObjectName("settingsKeys");
    connect(keys, &QPushButton::clicked, this, &SettingsDialog::keysWanted);
    foot->addWidget(keys);
    foot->addStretch(1);
    auto* close = new QPushButton(tr("Close"));
    close->setObjectName("settingsClose");
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    foot->addWidget(close);
    column->addStretch(1);
    column->addLayout(foot);
    resize(kWidth, column->totalHeightForWidth(kWidth));  // the helps wrap
}

// The field that has the focus loses it as it goes, when nothing of this is there any more.
SettingsDialog::~SettingsDialog() {
    for (const auto& [key, field] : fields_) {
        field->disconnect(this);
    }
}

// The user's own file is the last.
void SettingsDialog::addMachine(QVBoxLayout* column) {
    column->addWidget(heading(tr("This machine")));
    auto* form = new QFormLayout;
    column->addLayout(form);
    addFields(form, training::machineSettings(),
              [this](const std::string& key, const std::string& value, Done done) {
                  runInBackground(
                      this,
                      [key, value] {
                          return training::writeMachineSetting(siteSettingsFiles().back(), key,
                                                               value);
                      },
                      [this, done = std::move(done)](const Status& status) {
                          done(status);
                          loadMachine();
                      });
              });
    loadMachine();
}

void SettingsDialog::addProject(QVBoxLayout* column) {
    column->addWidget(heading(tr("The project %1").arg(studio_.session.name())));
    auto* form = new QFormLayout;
    column->addLayout(form);
    addFields(form, training::projectSettings(),
              [this](const std::string& key, const std::string& value, const Done& done) {
                  studio_.session.write(
                      [key, value](media::Project& project) {
                          return training::setProjectSetting(project, key, value);
                      },
                      [self = QPointer(this), done](const Status& status) {
                          if (self) {
                              done(status);
                              self->loadProject();
                          }
                      });
              });
    loadProject();
}

void SettingsDialog::addFields(QFormLayout* form, std::span<const SettingAbout> settings,
                               Save save) {
    form->setLabelAlignment(Qt::AlignLeft);
    form->setVerticalSpacing(4);
    for (const SettingAbout& about : settings) {
        auto* field = new QLineEdit;
        field->setObjectName(QStringLiteral("setting.%1").arg(QLatin1String(about.key)));
        field->setEnabled(false);  // until it is known
        field->setToolTip(QLatin1String(about.key));
        form->addRow(label(said(about.title)), field);
        QLabel* help = label(said(about.help), theme::FontUse::caption, theme::kSecond);
        help->setWordWrap(true);
        form->addRow(nullptr, help);
        fields_[about.key] = field;
        connect(field, &QLineEdit::editingFinished, this,
                [this, key = std::string(about.key), save] { keep(key, save); });
    }
}

void SettingsDialog::keep(const std::string& key, const Save& save) {
    QLineEdit* field = fields_[key];
    const QString value = field->text().trimmed();
    if (value == kept_[key]) {
        return;
    }
    kept_[key] = value;  // a field that loses the focus says it once more
    messages_->dismiss();
    save(key, utf8(value), [this](const Status& status) {
        if (!status.ok()) {
            messages_->show(MessageBar::Kind::error, errorText(status.error()));
        }
    });
}

void SettingsDialog::show(const Result<Values>& values, bool editable) {
    if (!values.ok()) {
        messages_->show(MessageBar::Kind::error, errorText(values.error()));
        return;
    }
    for (const auto& [key, value] : *values) {
        QLineEdit* field = fields_[key];
        kept_[key] = text(value);
        field->setText(kept_[key]);
        field->setEnabled(editable);
    }
}

void SettingsDialog::loadMachine() {
    runInBackground(
        this,
        []() -> Result<Values> {
            const auto files = siteSettingsFiles();
            US_ASSIGN(const auto all, training::readMachineSettings(files));
            return training::machineSettingsText(all);
        },
        [this](const Result<Values>& values) { show(values, true); });
}

void SettingsDialog::loadProject() {
    studio_.session.ask(
        this,
        [](media::Project& project) {
            return training::projectSettingsText(project, siteSettingsFiles());
        },
        [this](const Result<Values>& values) { show(values, !studio_.session.readOnly()); });
}

}  // namespace understudy::ui
