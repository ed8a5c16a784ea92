// SPDX-License-Identifier: GPL-3.0-or-later
// Plates that were moved: which are not where they were, and where a folder has them, by the names
// and numbers of their files.
#pragma once

#include <QPointer>
#include <QUndoCommand>
#include <filesystem>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "ui/models/project_session.h"

namespace understudy::ui {

// Of clips of the project in `folder` those of whose plates not even the first frame is there.
// Looks at the disk.
std::set<std::string> platesGone(const std::vector<media::ClipRecord>& clips,
                                 const std::filesystem::path& folder);

struct FoundPlate {
    enum class State { matches, otherFrames, otherSize, unreadable, notFound };
    std::string clip;
    std::string was;    // absolute
    std::string found;  // absolute, as openSource() takes it; empty where nothing has its name
    State state = State::notFound;
    std::string detail;  // for people: "1001-1050 instead of 1001-1077"
};

// Looks below `folder` for each clip's plate: files of the same names, then frames and size as the
// clip has them. Of several the one that matches, of these the one whose folders are most like
// those it was in. Errors: missingInput (no such folder), saved (stopped), usage (too much below it
// to look through).
Result<std::vector<FoundPlate>> findPlates(const std::filesystem::path& folder,
                                           const std::vector<media::ClipRecord>& clips,
                                           const std::filesystem::path& project,
                                           const std::stop_token& stop);

// "Relink 3 clips": the plates as they were and are.
class RelinkCommand : public QUndoCommand {
  public:
    using Plates = std::map<std::string, std::string>;  // by clip
    RelinkCommand(ProjectSession* session, Plates before, Plates after, const QString& text);

    void redo() override { write(after_); }
    void undo() override { write(before_); }

  private:
    void write(const Plates& plates);

    QPointer<ProjectSession> session_;
    Plates before_;
    Plates after_;
};

}  // namespace understudy::ui
