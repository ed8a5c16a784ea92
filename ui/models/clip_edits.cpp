// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clip_edits.h"

#include <QPointer>
#include <QUndoCommand>
#include <utility>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

class ReadingCommand : public QUndoCommand {
  public:
    ReadingCommand(ClipEdits* edits, const media::ClipRecord& clip, media::ReadAs after,
                   const QString& text)
        : QUndoCommand(text),
          edits_(edits),
          clip_(clip.name),
          before_(clip.said),
          after_(std::move(after)) {}
    void redo() override { apply(after_); }
    void undo() override { apply(before_); }

  private:
    void apply(const media::ReadAs& said) {
        if (edits_) {
            edits_->write(clip_, said);
        }
    }
    QPointer<ClipEdits> edits_;
    std::string clip_;
    media::ReadAs before_;
    media::ReadAs after_;
};

}  // namespace

ClipEdits::ClipEdits(ProjectSession* session, QUndoStack* undo, QObject* parent)
    : QObject(parent), session_(session), undo_(undo) {}

void ClipEdits::say(const media::ClipRecord& clip, const media::ReadAs& said) {
    if (clip.said == said || session_->readOnly()) {
        return;
    }
    const QString name = text(clip.name);
    undo_->push(new ReadingCommand(this, clip, said,
                                   clip.said.encoding == said.encoding
                                       ? tr("Change the rate of %1").arg(name)
                                       : tr("Change the encoding of %1").arg(name)));
}

void ClipEdits::write(const std::string& clip, const media::ReadAs& said) {
    session_->write([clip, said](media::Project& project) { return project.sayOfClip(clip, said); },
                    [self = QPointer(this)](const Status& status) {
                        if (self && !status.ok()) {
                            Q_EMIT self->failed();
                        }
                    });
}

}  // namespace understudy::ui
