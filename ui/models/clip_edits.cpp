// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clip_edits.h"

#include <QPointer>
#include <QUndoCommand>
#include <utility>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

class WorkCommand : public QUndoCommand {
  public:
    WorkCommand(ClipEdits* edits, ClipEdits::Work work, ClipEdits::Work back, const QString& text,
                bool written)
        : QUndoCommand(text),
          edits_(edits),
          work_(std::move(work)),
          back_(std::move(back)),
          written_(written) {}
    void redo() override {
        if (!std::exchange(written_, false)) {
            apply(work_);
        }
    }
    void undo() override { apply(back_); }

  private:
    void apply(const ClipEdits::Work& work) {
        if (edits_) {
            edits_->write(work);
        }
    }
    QPointer<ClipEdits> edits_;
    ClipEdits::Work work_;
    ClipEdits::Work back_;
    bool written_;
};

QString numbered(const std::vector<std::string>& clips) {
    return clips.size() == 1
               ? text(clips.front())
               : ClipEdits::tr("%1 clips").arg(countText(static_cast<int64_t>(clips.size())));
}

std::vector<std::string> namesOf(const std::vector<media::ClipRecord>& clips) {
    std::vector<std::string> names;
    for (const media::ClipRecord& clip : clips) {
        names.push_back(clip.name);
    }
    return names;
}

Status removeAll(media::Project& project, const std::vector<std::string>& clips) {
    for (const std::string& clip : clips) {
        US_TRY(project.removeClip(clip));
    }
    return {};
}

Status restoreAll(media::Project& project, const std::vector<std::string>& clips) {
    for (const std::string& clip : clips) {
        US_TRY(project.restoreClip(clip));
    }
    return {};
}

// Both roles, as one change.
struct Roles {
    std::string source;
    std::string destination;

    std::string& of(PerformerRole role) {
        return role == PerformerRole::source ? source : destination;
    }
    Status put(media::Project& project) const {
        US_TRY(project.putSetting(roleSetting(PerformerRole::source), source));
        return project.putSetting(roleSetting(PerformerRole::destination), destination);
    }
};

}  // namespace

std::string roleSetting(PerformerRole role) {
    return role == PerformerRole::source ? "role.source" : "role.destination";
}

ClipEdits::ClipEdits(ProjectSession* session, QUndoStack* undo, QObject* parent)
    : QObject(parent), session_(session), undo_(undo) {}

void ClipEdits::say(const media::ClipRecord& clip, const media::ReadAs& said) {
    if (clip.said == said || session_->readOnly()) {
        return;
    }
    const auto saying = [name = clip.name](const media::ReadAs& what) -> Work {
        return [name, what](media::Project& project) { return project.sayOfClip(name, what); };
    };
    undo_->push(
        new WorkCommand(this, saying(said), saying(clip.said),
                        (clip.said.encoding == said.encoding ? tr("Change the rate of %1")
                                                             : tr("Change the encoding of %1"))
                            .arg(text(clip.name)),
                        false));
}

void ClipEdits::remove(const std::vector<std::string>& clips) {
    perform(
        tr("Take out %1").arg(numbered(clips)),
        [clips](media::Project& project) { return removeAll(project, clips); },
        [clips](media::Project& project) { return restoreAll(project, clips); });
}

void ClipEdits::give(const std::vector<media::ClipRecord>& clips, const std::string& performer,
                     PerformerRole role) {
    const Roles before{session_->snapshot().source, session_->snapshot().destination};
    Roles after = before;
    if (role != PerformerRole::others) {
        after.of(role) = performer;
    }
    perform(
        tr("Move %1 to %2").arg(numbered(namesOf(clips)), text(performer)),
        [clips, performer, after](media::Project& project) -> Status {
            for (const media::ClipRecord& clip : clips) {
                US_TRY(project.setClipPerformer(clip.name, performer));
            }
            return after.put(project);
        },
        [clips, before](media::Project& project) -> Status {
            for (const media::ClipRecord& clip : clips) {
                US_TRY(project.setClipPerformer(clip.name, clip.performer));
            }
            return before.put(project);
        });
}

void ClipEdits::imported(const std::vector<media::ClipRecord>& clips, PerformerRole role) {
    const std::vector<std::string> names = namesOf(clips);
    const auto roleIs = [role](media::Project& project, const std::string& performer) {
        return role == PerformerRole::others ? Status()
                                             : project.putSetting(roleSetting(role), performer);
    };
    undo_->push(new WorkCommand(
        this,
        [names, roleIs, performer = clips.front().performer](media::Project& project) -> Status {
            US_TRY(restoreAll(project, names));
            return roleIs(project, performer);
        },
        [names, roleIs](media::Project& project) -> Status {
            US_TRY(removeAll(project, names));
            return roleIs(project, {});
        },
        tr("Import %1").arg(numbered(names)), true));
}

void ClipEdits::addPerformer(const std::string& name) {
    perform(
        tr("Add %1").arg(text(name)),
        [name](media::Project& project) { return project.namePerformer(name); },
        [name](media::Project& project) { return project.namePerformer(name, false); });
}

void ClipEdits::removePerformer(const std::string& name) {
    perform(
        tr("Take out %1").arg(text(name)),
        [name](media::Project& project) { return project.namePerformer(name, false); },
        [name](media::Project& project) { return project.namePerformer(name); });
}

void ClipEdits::rename(const std::string& performer, const std::string& name) {
    const auto renaming = [](const std::string& from, const std::string& to) -> Work {
        return [from, to](media::Project& project) { return project.renamePerformer(from, to); };
    };
    perform(tr("Call %1 %2").arg(text(performer), text(name)), renaming(performer, name),
            renaming(name, performer));
}

void ClipEdits::setRole(const std::string& performer, PerformerRole role) {
    const Roles before{session_->snapshot().source, session_->snapshot().destination};
    Roles after = before;
    const PerformerRole other =
        role == PerformerRole::source ? PerformerRole::destination : PerformerRole::source;
    if (after.of(other) == performer) {
        after.of(other) = after.of(role);
    }
    after.of(role) = performer;
    perform(
        (role == PerformerRole::source ? tr("Make %1 the source") : tr("Make %1 the destination"))
            .arg(text(performer)),
        [after](media::Project& project) { return after.put(project); },
        [before](media::Project& project) { return before.put(project); });
}

void ClipEdits::perform(const QString& text, Work work, Work back) {
    if (session_->readOnly()) {
        return;
    }
    session_->write(work, [self = QPointer(this), text, work, back](const Status& status) {
        if (!self) {
            return;
        }
        if (status.ok()) {
            self->undo_->push(new WorkCommand(self, work, back, text, true));
        } else {
            Q_EMIT self->failed();
        }
    });
}

void ClipEdits::write(Work work) {
    session_->write(std::move(work), [self = QPointer(this)](const Status& status) {
        if (self && !status.ok()) {
            Q_EMIT self->failed();
        }
    });
}

}  // namespace understudy::ui
