// SPDX-License-Identifier: GPL-3.0-or-later
// All jobs of the service that belong to the open project, and those of others that hold or want
// the machine; events folded into one state per job; views repaint twice a second at most.
#pragma once

#include <QObject>
#include <QPointer>
#include <QTimer>
#include <vector>

#include "ui/models/job_gateway.h"

namespace understudy::ui {

struct JobState {
    training::JobInfo info;
    std::vector<QString> warnings;  // different ones, in the order they came
    double lastHeard = 0;           // seconds since the epoch

    bool active() const;   // queued to stopping
    bool running() const;  // starting, running or stopping
    bool failed() const { return info.state == "failed"; }
    QString stateText() const;  // "running", in the user's language
    QString iconName() const;
    QString progressText() const;  // "step 12,400 of 60,000", "312 of 1,248 frames, 24 frames/s"
    QString warningText() const;   // the first lines of `warnings` and how many more; empty: none
    bool mayResume() const;        // paused, stopped or failed
    QString projectName() const;   // without ".understudy"
    // Where what it makes lies: of a swap or delivery that is done the folder of its result, else
    // the run's or the project's.
    QString folder() const;
};

class JobsModel : public QObject {
    Q_OBJECT
  public:
    explicit JobsModel(JobGateway* gateway, QObject* parent = nullptr);

    void setProject(const QString& folder);
    const std::vector<JobState>& jobs() const { return jobs_; }  // newest first
    const JobState* find(const std::string& job) const;
    // Those and the ones of other projects that are not over, newest first.
    std::vector<JobState> everyones() const;
    bool isOthers(const JobState& job) const { return job.info.project != project_; }
    // The newest one of a kind that is not over, for a run or clip where they are not empty.
    const JobState* active(const std::string& kind, const std::string& run = {},
                           const std::string& clip = {}) const;
    const JobState* newest(const std::string& kind, const std::string& run = {}) const;
    // The one that somebody waits for, of this project: one at work before a paused one before one
    // that waits; of several at work the one begun last, which is what was just asked for and is
    // nearly always over first (a swap beside a training); of several that wait the next one. Where
    // all are over, the newest. Null: there is none.
    const JobState* foremost() const;
    int activeCount() const;
    int failedUnseen() const { return failedUnseen_; }
    void markFailuresSeen();

    JobGateway* gateway() const { return gateway_; }
    // In the open project. A refusal goes to `answer`, without one to refused().
    void start(training::StartJob job, JobGateway::Answer answer = {});
    void act(JobAction action, const std::string& job, JobGateway::Answer answer = {});
    void change(const training::ChangeJob& change, JobGateway::Answer answer = {});
    void changeSettings(const std::string& job, std::vector<std::string> settings,
                        const std::string& reason, JobGateway::Answer answer = {});

  Q_SIGNALS:
    void changed();  // at most twice a second, at once for a change of state
    void jobEnded(const QString& job);
    void facesFound(const QString& clip);
    void previewWritten(const QString& run);
    void stepFinished(const QString& run);
    // What became of changed settings of a job of this project.
    void settingsChanged(const understudy::training::SettingsChanged& event);
    void refused(const understudy::Error& error);  // of what nobody waits for the answer of

  private:
    void takeList(const std::vector<training::JobInfo>& jobs);
    JobGateway::Answer reporting(JobGateway::Answer answer);
    void handle(const training::Message& event);
    void remember(const training::JobInfo& info);
    void takeInfo(const training::JobInfo& info, bool endedUnheard = false);
    JobState* findMutable(const std::string& job);
    void touch(bool atOnce);

    JobGateway* gateway_;
    std::string project_;
    std::vector<JobState> jobs_;
    QTimer repaint_;
    int failedUnseen_ = 0;
    std::vector<training::JobInfo> all_;  // as last listed, of every project
};

}  // namespace understudy::ui
