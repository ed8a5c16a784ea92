// SPDX-License-Identifier: GPL-3.0-or-later
// What happened along a run, marked in its curves: a triangle where a checkpoint was saved, a line
// where settings were changed, with what they became, and one where it diverged.
#pragma once

#include <QStringList>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "training/plan/changes.h"
#include "training/plan/rollbacks.h"

class QCustomPlot;
class QCPGraph;
class QCPItemLine;
class QCPItemText;

namespace understudy::ui {

class CurveMarks {
  public:
    explicit CurveMarks(QCustomPlot* plot);

    void setCheckpoints(const std::vector<int64_t>& steps) { steps_ = steps; }
    void setChanges(const std::vector<training::PlanChange>& changes,
                    const std::vector<training::Rollback>& rollbacks);
    // Once the axes have their ranges. `placeOf`: where on the lower axis a step is.
    void place(bool logarithmic, std::function<double(double)> placeOf);

    // Within `reach` of a place on the lower axis.
    std::optional<int64_t> checkpointNear(double place, double reach) const;
    // "step 8,000: learning rate 2e-5"; empty where nothing happened within `reach`.
    QString changesNear(double place, double reach) const;
    // Steps at which a line stands, ascending.
    std::vector<int64_t> changedSteps() const;

  private:
    struct Mark {
        QString words;  // "learning rate 2e-5, warp 0"
        QCPItemLine* line = nullptr;
        QCPItemText* label = nullptr;
    };
    void placeCheckpoints(bool logarithmic);
    void placeChanges();

    QCustomPlot* plot_;
    QCPGraph* checkpoints_;
    std::function<double(double)> placeOf_ = [](double step) { return step; };
    std::vector<int64_t> steps_;
    std::map<int64_t, Mark> changes_;  // by step
};

}  // namespace understudy::ui
