// SPDX-License-Identifier: GPL-3.0-or-later
// What may be changed while a run is at work, in the fields of the plan's form: those that are
// changed most, the rest folded. What is typed is checked at once, asked for together, and answered
// with the step from which it holds or with why it was refused. Both can be undone: what is typed
// as long as it is not applied, and what was applied as long as the run is at work.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ui/models/jobs_model.h"
#include "ui/models/run_model.h"
#include "ui/models/setting_edits.h"
#include "ui/panels/basics.h"

class QLineEdit;

namespace understudy::ui {

class OptionField;

class LiveSettings : public Panel {
    Q_OBJECT
  public:
    LiveSettings(RunModel* run, JobsModel* jobs, QUndoStack* undo, QWidget* parent = nullptr);

  private:
    // What fields say that differs from the run's plan, by option.
    struct Typed {
        int round = 0;  // the next one begins with another run, or when what was typed is applied
        std::map<std::string, QString> values{};
        bool operator==(const Typed&) const = default;
    };
    void buildFields(QVBoxLayout* column);
    void buildFoot();
    void refresh();
    void takePlan();
    void take(OptionField* field);
    void restore(const Typed& typed);
    void fill(const Typed& typed);
    // Which fields differ from the run's plan, and whether that may be.
    void check();
    void apply();
    void discard();
    void takeAnswer(const training::SettingsChanged& event);
    void tell(const QString& iconName, const QString& words);
    const JobState* job() const;  // the one that trains the run, or will go on with it

    RunModel* run_;
    JobsModel* jobs_;
    std::vector<OptionField*> fields_;
    FoldSection* more_;
    QLabel* when_;
    QLabel* changes_;
    QLabel* answerIcon_;
    QLabel* answer_;
    QLineEdit* reason_;
    QPushButton* discard_;
    QPushButton* apply_;
    QString shownRun_;
    std::optional<training::Plan> shown_;  // what the fields differ from
    std::vector<std::string> settings_;    // "learningRate=2e-5", as typed and allowed
    std::vector<std::string> former_;      // the same ones, as they are
    Typed typed_;
    Edits<Typed> edits_;
    SettingEdits applied_;
};

}  // namespace understudy::ui
