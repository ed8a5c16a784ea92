// SPDX-License-Identifier: GPL-3.0-or-later
// Plan on the left, curves and previews in the middle, the run in numbers on the right.
#pragma once

#include <QStackedWidget>
#include <map>
#include <optional>
#include <set>

#include "training/prepare/prepare.h"
#include "ui/models/edits.h"
#include "ui/panels/loss_curves.h"
#include "ui/panels/preview_board.h"
#include "ui/panels/run_numbers.h"
#include "ui/panels/training_form.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class TrainPage : public Page {
    Q_OBJECT
  public:
    explicit TrainPage(Studio& studio, QWidget* parent = nullptr);

    QWidget* focusTarget() const override;
    QJsonObject place() const override;
    void setPlace(const QJsonObject& place) override;
    bool working() const override;
    TrainingForm* form() const { return form_; }
    void chooseRun(const QString& run);
    // The run, ready to train on: more steps are offered where it has done all of its own.
    void goOnWith(const QString& run);
    // The previews show these faces from now on, "again:1034"; none: some that are never trained
    // on.
    void showFaces(const QStringList& faces);

  Q_SIGNALS:
    void swapRequested(const QString& run);

  private:
    QWidget* buildPlan();
    QWidget* buildCentre();
    QWidget* buildButtons();
    void buildKeys();
    void refreshProject();
    void tellRuns();
    void refreshJob();
    void act();
    void start();
    void resume();
    void prepare(training::RunRequest request, bool mayCut = true);
    void cut(const std::vector<training::WantedCut>& cuts, const training::RunRequest& request);
    void takeCut(const JobState& ended);
    void failPreparing(const QString& reason);
    void launch(const std::string& run, std::optional<double> price);
    void actOnJob(JobAction action);
    // ---- train_actions.cpp ----
    void fillFacesMenu();
    void tellFailure(const JobState& ended);
    // As a plan names them: those of the job that did not fail, or what else there is.
    std::string devicesLeft(const training::JobInfo& job) const;
    void goOnWithDevices(const std::string& devices);
    void zoom(double factor);  // of the previews or the curves, where the focus is
    void stop();
    const JobState* job() const;  // the newest of the run that is looked at
    bool finished() const;
    // ---- train_further.cpp ----
    void offerSteps();
    // What a run at rest goes on with when it is trained further, chosen after this job of it.
    struct GoOn {
        QString run;
        std::string job;
        std::string devices;
        bool operator==(const GoOn&) const = default;
    };
    bool holds(const GoOn& choice) const;
    void chooseDevices(const std::string& devices);
    void goOnWithChoice(const GoOn& choice);
    std::string devicesToGoOn() const;  // of the run that is looked at

    TrainingForm* form_;
    LossCurves* curves_;
    PreviewBoard* board_;
    QStackedWidget* centre_;  // curves and previews, or the empty place
    EmptyState* empty_;
    QPushButton* next_;
    RunNumbers* numbers_;
    QWidget* controls_;
    QPushButton* pause_;
    QPushButton* checkpoint_;
    QPushButton* preview_;
    QPushButton* stop_;
    QPushButton* swap_;
    bool preparing_ = false;
    std::set<std::string> cutting_;  // clips whose faces are cut before the run is made
    training::RunRequest cutFor_;
    QString goOn_;  // that somebody wants to train further, until its plan is read
    std::vector<std::string> facesOfNext_;  // that the previews of the run to be made show
    std::map<QString, GoOn> goOnChoices_;   // by run
    Edits<GoOn> goOnEdits_;
    bool chosen_ = false;  // a run was chosen since the project was opened
};

}  // namespace understudy::ui
