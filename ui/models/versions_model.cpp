// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/versions_model.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QPointer>
#include <QRandomGenerator>
#include <QUndoCommand>
#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr qint64 kMergeWithin = 1000;  // milliseconds

struct VersionsAndNotes {
    std::vector<media::VersionRecord> versions;
    media::Project::LegibleNotes notes;
};

// A command whose change may be refused after it was shown: the stack drops it then.
class RefusableCommand : public QUndoCommand {
  public:
    RefusableCommand(VersionsModel* model, const QString& text)
        : QUndoCommand(text), model_(model) {}
    void redo() override { go(true); }
    void undo() override { go(false); }

  protected:
    virtual void apply(VersionsModel& model, bool after) = 0;
    const Refusal& refused() const { return refused_; }

  private:
    void go(bool after) {
        if (!model_ || *refused_) {
            setObsolete(true);
        } else {
            apply(*model_, after);
        }
    }
    QPointer<VersionsModel> model_;
    Refusal refused_ = std::make_shared<bool>(false);
};

class StatusCommand : public RefusableCommand {
  public:
    StatusCommand(VersionsModel* model, const media::VersionRecord& version,
                  media::VersionStatus after)
        : RefusableCommand(model, VersionsModel::tr("%1 is %2")
                                      .arg(ui::text(media::versionName(version.number)),
                                           ui::text(std::string(media::versionStatusName(after))))),
          change_{version.id, version.status, after} {}

  private:
    void apply(VersionsModel& model, bool after) override {
        model.writeStatus(
            after ? change_ : StatusChange{change_.version, change_.after, change_.before},
            refused());
    }
    StatusChange change_;
};

class NoteCommand : public RefusableCommand {
  public:
    NoteCommand(VersionsModel* model, NoteChange change, const QString& text, int merge)
        : RefusableCommand(model, text), change_(std::move(change)), merge_(merge) {
        age_.start();
    }
    int id() const override { return merge_; }
    bool mergeWith(const QUndoCommand* other) override {
        const auto* next = static_cast<const NoteCommand*>(other);
        if (next->change_.id != change_.id || age_.elapsed() > kMergeWithin || *refused()) {
            return false;
        }
        change_.after = next->change_.after;
        age_.restart();
        return true;
    }

  private:
    void apply(VersionsModel& model, bool after) override {
        model.writeNote(after ? change_ : NoteChange{change_.id, change_.after, change_.before},
                        refused());
    }
    NoteChange change_;
    int merge_;
    QElapsedTimer age_;
};

Error changedMeanwhile(const QString& what) {
    return {ErrorCode::usage, utf8(what), "",
            utf8(VersionsModel::tr("It is shown as it is now; do it again if it is still wanted"))};
}

// New notes get their number here, so that undo and redo speak of the same one at once. Of so many
// that no two writers choose the same.
int64_t newId() {
    return static_cast<int64_t>(
        QRandomGenerator::global()->bounded(quint64{1} << 32, quint64{1} << 40));
}

}  // namespace

VersionsModel::VersionsModel(ProjectSession* session, QUndoStack* undo, QObject* parent)
    : QObject(parent), session_(session), undo_(undo) {
    connect(session_, &ProjectSession::changed, this, &VersionsModel::reload);
    connect(session_, &ProjectSession::closed, this, [this] {
        known_ = false;
        versions_.clear();
        notes_.clear();
        problem_.reset();
        Q_EMIT changed();
    });
}

void VersionsModel::reload() {
    if (writing_ > 0) {
        return;  // read once it is written
    }
    session_->look(
        this,
        [](media::Project& project) -> Result<VersionsAndNotes> {
            VersionsAndNotes read;
            US_ASSIGN(read.versions, project.versions());
            US_ASSIGN(read.notes, project.legibleNotes());
            return read;
        },
        [this](Result<VersionsAndNotes> read) {
            if (writing_ > 0 || !session_->isOpen()) {
                return;
            }
            problem_ = read.ok() ? std::nullopt : std::optional(read.error());
            if (read.ok()) {
                versions_ = std::move(read->versions);
                notes_ = std::move(read->notes.notes);
                if (!read->notes.damaged.empty()) {
                    problem_ = read->notes.damaged.front();
                }
                known_ = true;
            }
            Q_EMIT changed();
        });
}

const media::VersionRecord* VersionsModel::find(int64_t id) const {
    const auto found = std::find_if(versions_.begin(), versions_.end(),
                                    [id](const auto& version) { return version.id == id; });
    return found == versions_.end() ? nullptr : &*found;
}

std::vector<media::NoteRecord> VersionsModel::notesOf(int64_t version) const {
    std::vector<media::NoteRecord> notes;
    std::copy_if(notes_.begin(), notes_.end(), std::back_inserter(notes),
                 [version](const auto& note) { return note.version == version; });
    std::stable_sort(notes.begin(), notes.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return notes;
}

const media::NoteRecord* VersionsModel::note(int64_t id) const {
    const auto found = std::find_if(notes_.begin(), notes_.end(),
                                    [id](const auto& note) { return note.id == id; });
    return found == notes_.end() ? nullptr : &*found;
}

int VersionsModel::openNotes(int64_t version) const {
    return static_cast<int>(std::count_if(
        notes_.begin(), notes_.end(),
        [version](const auto& note) { return note.version == version && note.open(); }));
}

void VersionsModel::setStatus(int64_t version, media::VersionStatus status) {
    const media::VersionRecord* record = find(version);
    if (record != nullptr && record->status != status && !session_->readOnly()) {
        undo_->push(new StatusCommand(this, *record, status));
    }
}

int64_t VersionsModel::addNote(media::NoteRecord note) {
    if (session_->readOnly()) {
        return 0;
    }
    note.id = newId();
    note.author = session_->snapshot().person;
    note.created = utf8(QDateTime::currentDateTimeUtc().toString(Qt::ISODate));
    NoteChange change{note.id, {}, note};
    undo_->push(new NoteCommand(this, std::move(change), tr("Write a note"), -1));
    return note.id;
}

void VersionsModel::changeNote(const media::NoteRecord& after, const QString& text, int merge) {
    const media::NoteRecord* before = note(after.id);
    if (before == nullptr || *before == after || session_->readOnly()) {
        return;
    }
    NoteChange change{after.id, *before, after};
    undo_->push(new NoteCommand(this, std::move(change), text, merge));
}

void VersionsModel::removeNote(int64_t id) {
    const media::NoteRecord* before = note(id);
    if (before != nullptr && !session_->readOnly()) {
        undo_->push(new NoteCommand(this, {id, *before, {}}, tr("Take the note away"), -1));
    }
}

void VersionsModel::resolveNote(int64_t id, bool resolved) {
    const media::NoteRecord* before = note(id);
    if (before == nullptr) {
        return;
    }
    media::NoteRecord after = *before;
    after.resolved =
        resolved ? utf8(QDateTime::currentDateTimeUtc().toString(Qt::ISODate)) : std::string();
    after.resolvedBy = resolved ? session_->snapshot().person : std::string();
    changeNote(after, resolved ? tr("Resolve the note") : tr("Open the note again"));
}

void VersionsModel::write(std::function<Status(media::Project&)> work, const Refusal& refused) {
    ++writing_;
    session_->write(std::move(work), [this, refused](const Status& status) {
        --writing_;
        *refused = *refused || !status.ok();
        reload();
    });
}

void VersionsModel::writeStatus(const StatusChange& change, const Refusal& refused) {
    for (auto& record : versions_) {
        if (record.id == change.version) {
            record.status = change.after;
        }
    }
    write(
        [change](media::Project& project) -> Status {
            US_ASSIGN(const auto versions, project.versions());
            const auto now = std::find_if(versions.begin(), versions.end(), [&](const auto& each) {
                return each.id == change.version;
            });
            if (now != versions.end() && now->status != change.before) {
                return changedMeanwhile(
                    tr("%1 of %2 was set to %3 by somebody else meanwhile")
                        .arg(ui::text(media::versionName(now->number)), ui::text(now->clip),
                             ui::text(std::string(media::versionStatusName(now->status)))));
            }
            return project.setVersionStatus(change.version, change.after, media::personHere());
        },
        refused);
    Q_EMIT changed();
}

void VersionsModel::showNote(int64_t id, const std::optional<media::NoteRecord>& note) {
    std::erase_if(notes_, [id](const auto& each) { return each.id == id; });
    if (note) {
        notes_.push_back(*note);
        notes_.back().id = id;
    }
    Q_EMIT changed();
}

void VersionsModel::writeNote(const NoteChange& change, const Refusal& refused) {
    showNote(change.id, change.after);
    write(
        [change](media::Project& project) -> Status {
            US_ASSIGN(const auto found, project.note(change.id));
            const bool there = found.has_value();
            if (found != change.before) {
                return changedMeanwhile(
                    there ? tr("the note on %1 was changed by somebody else meanwhile")
                                .arg(found->first)
                          : tr("the note was taken away by somebody else meanwhile"));
            }
            if (!change.after) {
                return project.removeNote(change.id);
            }
            const auto written = project.putNote(*change.after);
            return written.ok() ? Status() : Status(written.error());
        },
        refused);
}

}  // namespace understudy::ui
