// SPDX-License-Identifier: GPL-3.0-or-later
// What runs of the project have to make versions with: their checkpoints and the faces they have
// learned. Whoever asks has an answer at once and is told when a look in the background found
// another.
#pragma once

#include <QObject>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ui/models/jobs_model.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

struct RunContents {
    bool known = false;                    // somebody has looked
    std::vector<int64_t> checkpoints;      // ascending
    std::optional<int64_t> best;           // of these, by validation
    std::map<int64_t, double> validation;  // of checkpoints where it was measured
    std::vector<std::string> faces;        // performers: the source, the destination, others
    bool operator==(const RunContents&) const = default;
};

class RunShelf : public QObject {
    Q_OBJECT
  public:
    RunShelf(ProjectSession* session, JobsModel* jobs, QObject* parent = nullptr);

    // Until the next change.
    const RunContents& of(const std::string& run);
    // Something may have been saved; until it is looked at, the old answers hold.
    void lookAgain();

  Q_SIGNALS:
    void changed();

  private:
    struct Entry {
        RunContents contents;
        bool current = false;
        bool looking = false;
    };
    void look(const std::string& run);

    ProjectSession* session_;
    std::map<std::string, Entry> entries_;
};

}  // namespace understudy::ui
