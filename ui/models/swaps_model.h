// SPDX-License-Identifier: GPL-3.0-or-later
// The swaps made of this project: where each is, of which run and clip, and whether it is done.
// Remembered in the project, so that they are there after a restart; what the command line made is
// known through its jobs.
#pragma once

#include <QObject>
#include <QString>
#include <vector>

#include "ui/models/jobs_model.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

struct SwapRecord {
    QString out;  // a movie, or a pattern with ####
    QString run;
    QString clip;
    QString created;  // ISO 8601, UTC
};

class SwapsModel : public QObject {
    Q_OBJECT
  public:
    enum class State { rendering, done, missing };

    SwapsModel(ProjectSession* session, JobsModel* jobs, QObject* parent = nullptr);

    const std::vector<SwapRecord>& swaps() const { return swaps_; }  // newest first
    State state(const SwapRecord& swap) const;
    void add(const SwapRecord& swap);
    // "deliveries/again_r01_v002.mp4": the next free name, absolute.
    QString proposal(const QString& run, const QString& clip, const QString& ending) const;

  Q_SIGNALS:
    void changed();

  private:
    void load();
    void takeFinished(const QString& job);

    ProjectSession* session_;
    JobsModel* jobs_;
    std::vector<SwapRecord> swaps_;
};

}  // namespace understudy::ui
