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
#include "ui/models/results_on_disk.h"

namespace understudy::ui {

struct SwapRecord {
    QString out;  // a movie, or a pattern with ####
    QString run;
    QString clip;
    QString created;       // ISO 8601, UTC
    QString frames;        // that were asked for, "1001-1010"; empty: all, or not known
    int64_t count = 0;     // frames in it, as its job said; 0: not known
    QString version = {};  // "v002": it is this version in another form; empty: a swap of its own
    bool listed = true;    // somebody may want to see it no more
};

// Swaps and deliveries.
bool isRender(const training::JobInfo& job);

class SwapsModel : public QObject {
    Q_OBJECT
  public:
    enum class State { unknown, rendering, done, incomplete, missing };
    struct Standing {
        State state = State::missing;
        int64_t there = 0;  // frames of a sequence
        int64_t wanted = 0;
        double bytes = 0;  // on disk, about
    };

    SwapsModel(ProjectSession* session, JobsModel* jobs, ResultsOnDisk* results,
               QObject* parent = nullptr);

    const std::vector<SwapRecord>& swaps() const { return swaps_; }  // newest first
    const SwapRecord* find(const QString& out) const;
    // As the disk was last seen.
    Standing standing(const SwapRecord& swap) const;
    State state(const SwapRecord& swap) const { return standing(swap).state; }
    // "incomplete: 12 of 48 frames"
    QString stateText(const SwapRecord& swap, const Standing& now) const;
    static QString iconName(State state);
    // The newest job that writes it; null where none is known.
    const JobState* jobOf(const SwapRecord& swap) const;
    void add(const SwapRecord& swap);
    void setListed(const QString& out, bool listed);

  Q_SIGNALS:
    void changed();

  private:
    void load();
    void takeFinished(const QString& job);
    void store();
    std::vector<int64_t> framesOf(const SwapRecord& swap) const;

    ProjectSession* session_;
    JobsModel* jobs_;
    ResultsOnDisk* results_;
    std::vector<SwapRecord> swaps_;
};

}  // namespace understudy::ui
