// SPDX-License-Identifier: GPL-3.0-or-later
// What may be changed while a run is at work, in the fields of the plan's form: those that are
// changed most, the rest folded. What is typed is checked at once, asked for together, and answered
// with the step from which it holds or with why it was refused.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/models/jobs_model.h"
#include "ui/models/run_model.h"
#include "ui/panels/basics.h"

class QLineEdit;

namespace understudy::ui {

class OptionField;

class LiveSettings : public Panel {
    Q_OBJECT
  public:
    LiveSettings(RunModel* run, JobsModel* jobs, QWidget* parent = nullptr);

  private:
    void buildFields(QVBoxLayout* column);
    void buildFoot();
    void refresh();
    void takePlan();
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
    std::string asked_;                    // the job whose answer is awaited
};

}  // namespace understudy::ui
