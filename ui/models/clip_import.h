// SPDX-License-Identifier: GPL-3.0-or-later
// Takes clips into the project: every file and folder is probed in a task (it may lie on a slow
// disk), then written; what cannot be read is named, the others still go in.
#pragma once

#include <QObject>
#include <QStringList>

#include "ui/models/performer_role.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

struct ImportResult {
    std::vector<media::ClipRecord> clips;
    std::vector<media::ClipRecord> added;        // of these, what was not there already
    PerformerRole role = PerformerRole::others;  // that their performer got by that
    std::vector<Error> errors;
    QStringList warnings;  // of clips that came in: "bird.mkv: the file is cut short"
};

class ClipImport : public QObject {
    Q_OBJECT
  public:
    explicit ClipImport(ProjectSession* session, QObject* parent = nullptr);

    // `role`: one that nobody has yet, which the performer gets with the first clip.
    void run(const QStringList& paths, const QString& performer,
             PerformerRole role = PerformerRole::others);
    bool busy() const { return running_ > 0; }

    // A name for a performer whose clips are these: that of their folder, unlike the `others`.
    static QString performerFor(const QStringList& paths, const QString& fallback,
                                const QStringList& others);

  Q_SIGNALS:
    void finished(const understudy::ui::ImportResult& result);
    void busyChanged();

  private:
    ProjectSession* session_;
    int running_ = 0;
};

// Movies stand for themselves, the files of one sequence for their sequence, folders for all that
// lies in and below them. One without any clip stays in the list, so that reading it says so. Any
// thread.
QStringList clipsAmong(const QStringList& paths);

}  // namespace understudy::ui
