// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of trainings that are changed while they are at work: asked of the service, and a
// command once the training has taken them, which asks for the former ones when it is undone. When
// the job ends its commands pass: the values were in force for steps that are made, and what is
// made cannot be undone.
#pragma once

#include <QObject>
#include <optional>
#include <set>
#include <vector>

#include "ui/models/edits.h"
#include "ui/models/jobs_model.h"

namespace understudy::ui {

struct RunSettings {
    std::string job;
    QString run;
    std::vector<std::string> settings;  // "learningRate=2e-5"
    std::string reason;                 // for the run's record
    int edit = 0;                       // given by SettingEdits
    bool operator==(const RunSettings&) const = default;
};

class SettingEdits : public QObject {
    Q_OBJECT
  public:
    SettingEdits(JobsModel* jobs, QUndoStack* undo, QObject* parent = nullptr);

    // `former`: what the same settings are now.
    void ask(RunSettings wanted, std::vector<std::string> former);
    // Whether an answer of the training is awaited.
    bool asks(const std::string& job) const;

  Q_SIGNALS:
    void refused(const understudy::Error& error);  // what was asked for, before it got there
    void taken();                                  // what was asked for; it is a command next

  private:
    struct Asked {
        RunSettings wanted;
        std::vector<std::string> former;
        bool again = false;  // by undo or redo
    };
    void send(Asked asked);
    void takeAnswer(const training::SettingsChanged& event);
    void takeRefusal(const RunSettings& wanted, const Error& error);
    void fail(const Asked& asked, const Error& error);
    std::optional<Asked> pop(const std::string& job, const std::vector<std::string>& settings);

    JobsModel* jobs_;
    QUndoStack* undo_;
    std::vector<Asked> asked_;
    std::set<int> failed_;  // edits that could not be undone or done again
    int edit_ = 0;
    Edits<RunSettings> edits_;
};

}  // namespace understudy::ui
