// SPDX-License-Identifier: GPL-3.0-or-later
// The versions of the open project and what was said about them. Changes are undo commands: one for
// a status, one for each change of a note (writing, drawing, resolving, taking away). They are
// shown at once and written in their order by the project's thread, which refuses what somebody
// else has changed meanwhile: nobody's decision is taken back unseen.
#pragma once

#include <QObject>
#include <QUndoStack>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "ui/models/project_session.h"

namespace understudy::ui {

// A note as it was before and is after a change; nothing where it is not there.
struct NoteChange {
    int64_t id = 0;
    std::optional<media::NoteRecord> before;
    std::optional<media::NoteRecord> after;
};

// A change of how a version stands.
struct StatusChange {
    int64_t version = 0;
    media::VersionStatus before = media::VersionStatus::wip;
    media::VersionStatus after = media::VersionStatus::wip;
};

// Whether a command was refused when it came to be written; it does nothing any more then.
using Refusal = std::shared_ptr<bool>;

class VersionsModel : public QObject {
    Q_OBJECT
  public:
    VersionsModel(ProjectSession* session, QUndoStack* undo, QObject* parent = nullptr);

    // By clip and number.
    const std::vector<media::VersionRecord>& versions() const { return versions_; }
    bool known() const { return known_; }  // they were read since the project was opened
    const media::VersionRecord* find(int64_t id) const;
    std::vector<media::NoteRecord> notesOf(int64_t version) const;  // by frame
    const media::NoteRecord* note(int64_t id) const;
    int openNotes(int64_t version) const;
    bool hasNotes() const { return !notes_.empty(); }  // of any version
    // Why notes or versions could not be read, if they could not; a damaged note hides no other.
    const std::optional<Error>& problem() const { return problem_; }

    void setStatus(int64_t version, media::VersionStatus status);
    // Its author and time are filled in. Returns its id; 0 where the project is read-only.
    int64_t addNote(media::NoteRecord note);
    // `text`: of the undo command. Changes of one note with the same `merge` fold within a second.
    void changeNote(const media::NoteRecord& after, const QString& text, int merge = -1);
    void removeNote(int64_t id);
    void resolveNote(int64_t id, bool resolved);

    // Used by the commands, forwards and backwards.
    void writeStatus(const StatusChange& change, const Refusal& refused);
    void writeNote(const NoteChange& change, const Refusal& refused);

  Q_SIGNALS:
    void changed();

  private:
    void reload();
    void showNote(int64_t id, const std::optional<media::NoteRecord>& note);
    // `work` says whether it was refused.
    void write(std::function<Status(media::Project&)> work, const Refusal& refused);

    ProjectSession* session_;
    QUndoStack* undo_;
    std::vector<media::VersionRecord> versions_;
    std::vector<media::NoteRecord> notes_;
    std::optional<Error> problem_;
    bool known_ = false;
    int writing_ = 0;  // what is read meanwhile is out of date
};

}  // namespace understudy::ui
