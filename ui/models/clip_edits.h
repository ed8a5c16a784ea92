// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody says of a clip whose file says it wrongly or not at all; each change can be undone.
#pragma once

#include <QObject>
#include <QUndoStack>

#include "media/project/project.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

class ClipEdits : public QObject {
    Q_OBJECT
  public:
    ClipEdits(ProjectSession* session, QUndoStack* undo, QObject* parent = nullptr);

    void say(const media::ClipRecord& clip, const media::ReadAs& said);
    // For the undo commands.
    void write(const std::string& clip, const media::ReadAs& said);

  Q_SIGNALS:
    void failed();  // nothing was changed; the session says why

  private:
    ProjectSession* session_;
    QUndoStack* undo_;
};

}  // namespace understudy::ui
