// SPDX-License-Identifier: GPL-3.0-or-later
// What lies on disk of results, movies and sequences, as it was last seen. Whoever asks has an
// answer at once and is told when a look in the background found another. A look lists each folder
// once, however many results lie in it; a slow disk is looked at less often.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ui/models/jobs_model.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

// Of a movie or sequence, which is written with #### or the like.
struct SeenResult {
    bool known = false;           // somebody has looked
    bool there = false;           // anything of it
    std::vector<int64_t> frames;  // of a sequence, ascending
    double bytes = 0;             // of a sequence as if all were as large as the one in the middle
    bool operator==(const SeenResult&) const = default;
};

// Asked on any thread but the window's.
class Disk {
  public:
    virtual ~Disk() = default;
    // The names in a folder; none where it cannot be listed.
    virtual std::vector<std::string> names(const std::filesystem::path& folder) const;
    virtual double bytes(const std::filesystem::path& file) const;
};

class ResultsOnDisk : public QObject {
    Q_OBJECT
  public:
    ResultsOnDisk(ProjectSession* session, JobsModel* jobs,
                  std::shared_ptr<const Disk> disk = std::make_shared<Disk>(),
                  QObject* parent = nullptr);

    // Until the next change.
    const SeenResult& of(const QString& out) const;
    // Something may have been written or taken away; until it is looked at, the old answers hold.
    void lookAgain();

  Q_SIGNALS:
    void changed();

  private:
    struct Entry {
        SeenResult seen;
        int asOf = -1;  // `now_` when it was looked at
    };

    void look();
    void take(const std::map<QString, SeenResult>& found, int asOf, const QString& folder);

    ProjectSession* session_;
    std::shared_ptr<const Disk> disk_;
    mutable std::map<QString, Entry> entries_;
    mutable std::set<QString> asked_;
    std::set<QString> looking_;
    mutable QTimer wait_;
    QElapsedTimer rested_;  // since the last look
    qint64 rest_ = 0;       // ms that it must be
    int now_ = 0;           // grows whenever something may be different
};

}  // namespace understudy::ui
