// SPDX-License-Identifier: GPL-3.0-or-later
// Takes clips into the project: every file and folder is probed in a task (it may lie on a slow
// disk), then written; what cannot be read is named, the others still go in.
#pragma once

#include <QObject>
#include <QStringList>

#include "ui/models/project_session.h"

namespace understudy::ui {

struct ImportResult {
    std::vector<media::ClipRecord> clips;
    std::vector<Error> errors;
    QStringList warnings;  // of clips that came in: "bird.mkv: the file is cut short"
};

class ClipImport : public QObject {
    Q_OBJECT
  public:
    explicit ClipImport(ProjectSession* session, QObject* parent = nullptr);

    void run(const QStringList& paths, const QString& performer);
    bool busy() const { return running_ > 0; }

    // A name for a performer whose clips are these: that of their folder, unlike `other`.
    static QString performerFor(const QStringList& paths, const QString& fallback,
                                const QString& other);

  Q_SIGNALS:
    void finished(const understudy::ui::ImportResult& result);
    void busyChanged();

  private:
    ProjectSession* session_;
    int running_ = 0;
};

// Movies stand for themselves, the files of one sequence for their sequence, folders for what lies
// in them, or where that is nothing in the folders in them. One without any clip stays in the list,
// so that reading it says so. Any thread.
QStringList clipsAmong(const QStringList& paths);

}  // namespace understudy::ui
