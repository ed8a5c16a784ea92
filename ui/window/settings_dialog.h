// SPDX-License-Identifier: GPL-3.0-or-later
// What is said once for this machine and for the open project, as `understudy-cli settings` has it:
// each is kept when its field is left, and put back with a reason where it cannot be.
#pragma once

#include <QDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <functional>
#include <map>

#include "media/base/setting_about.h"
#include "ui/models/studio.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class SettingsDialog : public QDialog {
    Q_OBJECT
  public:
    explicit SettingsDialog(Studio& studio, QWidget* parent = nullptr);
    ~SettingsDialog() override;

  Q_SIGNALS:
    void keysWanted();

  private:
    using Values = std::vector<std::pair<std::string, std::string>>;
    using Done = std::function<void(const Status&)>;
    using Save = std::function<void(const std::string& key, const std::string& value, Done done)>;

    void addMachine(QVBoxLayout* column);
    void addProject(QVBoxLayout* column);
    void addFields(QFormLayout* form, std::span<const SettingAbout> settings, Save save);
    void keep(const std::string& key, const Save& save);
    void show(const Result<Values>& values, bool editable);
    void loadMachine();
    void loadProject();

    Studio& studio_;
    MessageBar* messages_;
    std::map<std::string, QLineEdit*> fields_;
    std::map<std::string, QString> kept_;  // as it is on disk
};

}  // namespace understudy::ui
