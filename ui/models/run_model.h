// SPDX-License-Identifier: GPL-3.0-or-later
// One run as its folder tells it: history read as it grows, previews and checkpoints as they
// appear. Works the same whether the run trains now, trained last week or trains while no service
// answers; the files are the truth.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "training/plan/changes.h"
#include "training/plan/plan.h"
#include "training/plan/rollbacks.h"
#include "training/plan/run_folder.h"
#include "ui/models/curve_series.h"
#include "ui/models/loss_clock.h"

namespace understudy::ui {

struct StepTime {
    int64_t step;
    double time;
    double wait = 0;  // share of the step that waited for faces
};

// Size and time of a file, to see that it was written again; all zero: not there.
struct FileStamp {
    uint64_t bytes = 0;
    std::filesystem::file_time_type time{};
    bool operator==(const FileStamp&) const = default;
};

class RunModel : public QObject {
    Q_OBJECT
  public:
    explicit RunModel(QObject* parent = nullptr);

    // Begins to follow a run; an empty name: none.
    void setRun(const QString& name, const std::filesystem::path& folder);
    const QString& name() const { return name_; }
    const training::RunFolder& folder() const { return folder_; }
    bool hasRun() const { return !name_.isEmpty(); }

    const std::optional<training::Plan>& plan() const { return plan_; }
    // What was changed since the run began, oldest first; plan() has it already.
    const std::vector<training::PlanChange>& changes() const { return changes_; }
    // By name: "loss", "source", "destination" (sums of their terms), "validation", each term
    // ("source_dssim"), and "lr", the learning rate.
    const std::map<std::string, CurveSeries>& series() const { return series_; }
    // Of long runs the curves follow in the next frames.
    void setSmoothing(double weight);
    const std::optional<training::HistoryLine>& last() const { return last_; }
    const std::vector<int64_t>& previews() const { return previews_; }
    const std::vector<int64_t>& checkpoints() const { return checkpoints_; }

    // Where it diverged and from where it went on, oldest first.
    const std::vector<training::Rollback>& rollbacks() const { return rollbacks_; }
    const LossClock& clock() const { return clock_; }

    // One sentence on how the training does, or how it did once it is `over`: the same whatever the
    // curves' smoothing is.
    QString health(bool over = false) const;
    // Seconds to the planned end: 20th to 80th percentile of the last minutes' step times.
    std::optional<std::pair<double, double>> secondsLeft() const;

    void poll();  // reads what is new, soon

  Q_SIGNALS:
    void runChanged();  // another run, or its plan was read, or read anew
    void historyChanged();
    void smoothed();         // the same history, with other smoothing
    void previewsChanged();  // others, or one was written again
    void checkpointsChanged();

  private:
    struct Update;
    void smooth();
    void take(Update update);
    void takeLine(const training::HistoryLine& line);
    double recentWait() const;
    QString finishedText() const;
    QString divergedText() const;
    QString trendText() const;

    QString name_;
    training::RunFolder folder_;
    std::optional<training::Plan> plan_;
    std::vector<training::PlanChange> changes_;
    std::vector<training::Rollback> rollbacks_;
    std::vector<FileStamp> planFiles_;  // as plan_, changes_ and rollbacks_ were read from them
    LossClock clock_;
    std::map<std::string, CurveSeries> series_;
    std::optional<training::HistoryLine> last_;
    std::deque<StepTime> times_;  // of the last minutes
    std::vector<int64_t> previews_;
    std::filesystem::file_time_type previewsWritten_{};
    std::vector<int64_t> checkpoints_;
    uint64_t offset_ = 0;
    QTimer timer_;
    int generation_ = 0;
    bool reading_ = false;
    bool untold_ = false;  // lines that historyChanged() did not tell of
    QElapsedTimer told_;
    bool readAgain_ = false;
    double smoothing_ = 0.6;
    QTimer smoothingTimer_;  // while curves are smoothed anew
};

}  // namespace understudy::ui
