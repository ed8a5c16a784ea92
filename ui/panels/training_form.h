// SPDX-License-Identifier: GPL-3.0-or-later
// What is trained and how: run, preset, performers, the few options that matter, devices; the rest
// folded, each with its sentence. What somebody changes there is a draft, and each change can be
// undone. Where a run is chosen, the form shows that run's plan, and the draft waits.
#pragma once

#include <QComboBox>
#include <QWidget>
#include <optional>
#include <vector>

#include "training/plan/base_path.h"
#include "training/plan/plan.h"
#include "ui/models/edits.h"
#include "ui/models/plan_draft.h"
#include "ui/models/plan_estimator.h"
#include "ui/models/project_session.h"
#include "ui/panels/basics.h"
#include "ui/panels/device_list.h"
#include "ui/panels/estimate_card.h"
#include "ui/panels/option_field.h"
#include "ui/panels/others_field.h"
#include "ui/panels/preset_cards.h"

namespace understudy::ui {

class TrainingForm : public QWidget {
    Q_OBJECT
  public:
    TrainingForm(DevicesModel* devices, QUndoStack* undo, QWidget* parent = nullptr);

    // `runsFolder`: of the project.
    void setProject(const ProjectSnapshot& snapshot, const std::filesystem::path& runsFolder);
    // Shows this plan read-only; nothing: editable again, with what the form had. Told again what
    // it shows already, it leaves the fields alone: somebody may be typing in one. Of a run at rest
    // the devices may still be chosen, for when it goes on.
    void showPlan(const std::optional<training::Plan>& plan, bool atRest = false);

    // The run that is looked at; empty: a new one.
    QString run() const;
    void chooseRun(const QString& run);
    // The plan as it stands in the form. Errors: what is missing or out of range.
    Result<training::Plan> plan() const;

    // What training starts from: a run of the project, a base model that comes with the program, or
    // a folder; empty: nothing.
    void chooseBase(const QString& base);

    DeviceList* devices() const { return devices_; }
    // What the plan will take; has its place outside, where it is seen while one types.
    EstimateCard* card() const { return card_; }

  Q_SIGNALS:
    void runChosen(const QString& run);
    void baseFolderWanted();  // somebody wants to choose a folder to start from
    void devicesChosen(const std::string& devices);  // for when the run at rest goes on
    void changed();

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void buildPresets(QVBoxLayout* column);
    void buildPeople(QVBoxLayout* column);
    void buildBase(QVBoxLayout* column);
    void buildOptions(QVBoxLayout* column);
    void fillPlan(const training::Plan& plan);
    void fillDraft();
    void fillPerformers();
    void fillBases();
    void updateFaces();
    void updateOthers();
    void updateConsent();
    void askForEstimate();
    int64_t facesOf(const QString& performer) const;
    // ---- training_form_edits.cpp ----
    // A command of what `change` makes of the draft; `key`: what is edited, see Edits.
    template <class Change>
    void edit(const std::string& key, Change change);
    void commit(const QString& words, const std::string& key, const PlanDraft& before);
    QString editWords(const std::string& key) const;
    void loadPreset(const QString& name);
    void tellPreset(const Status& loaded);
    void backToMine();
    void takeField(OptionField* field);
    void takeDevices();
    void takeOthers();
    void takePerformer(QComboBox* combo, std::string training::Plan::*role, const char* key);
    void takeSettings(const QString& settings);
    void restore(const PlanDraft& draft);

    QComboBox* run_;
    QLabel* presetTitle_;
    PresetCards* presets_;
    QLabel* presetProblem_;
    QComboBox* source_;
    QComboBox* destination_;
    OthersField* others_;
    QLabel* sourceFaces_;
    QLabel* destinationFaces_;
    QLabel* othersTitle_;
    QLabel* othersFaces_;
    QLabel* consent_;
    QComboBox* base_;
    std::vector<std::string> shipped_ = training::shippedBases();
    std::vector<OptionField*> fields_;
    FoldSection* advanced_;
    DeviceList* devices_;
    PlanEstimator estimator_;
    EstimateCard* card_;
    ProjectSnapshot snapshot_;
    std::filesystem::path runs_;
    PlanDraft draft_;
    Edits<PlanDraft> edits_;
    QPushButton* back_;
    bool readOnly_ = false;
};

}  // namespace understudy::ui
