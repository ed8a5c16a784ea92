// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody does with clips and performers: says what their files say wrongly, takes clips out,
// gives them to others, names performers and their roles. Each is written and can be undone.
#pragma once

#include <QObject>
#include <QUndoStack>
#include <functional>

#include "media/project/project.h"
#include "ui/models/performer_role.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

class ClipEdits : public QObject {
    Q_OBJECT
  public:
    using Work = std::function<Status(media::Project&)>;

    ClipEdits(ProjectSession* session, QUndoStack* undo, QObject* parent = nullptr);

    void say(const media::ClipRecord& clip, const media::ReadAs& said);
    void remove(const std::vector<std::string>& clips);
    // To the end of that performer's clips. With a role, which nobody has yet, they get that too.
    void give(const std::vector<media::ClipRecord>& clips, const std::string& performer,
              PerformerRole role = PerformerRole::others);
    // Clips that came in just now, and who got a role by that.
    void imported(const std::vector<media::ClipRecord>& clips, PerformerRole role);
    // Another performer, of whom nothing is there yet.
    void addPerformer(const std::string& name);
    void removePerformer(const std::string& name);
    void rename(const std::string& performer, const std::string& name);
    // Whoever has the role gets the one that `performer` had.
    void setRole(const std::string& performer, PerformerRole role);

    // For the undo commands.
    void write(Work work);

  Q_SIGNALS:
    void failed();  // nothing was changed; the session says why

  private:
    // `work` now and `back` when it is undone; a command once it is written.
    void perform(const QString& text, Work work, Work back);

    ProjectSession* session_;
    QUndoStack* undo_;
};

// The setting that says who has it.
std::string roleSetting(PerformerRole role);

}  // namespace understudy::ui
