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
    ReadingCommand(ClipEdits* edits, media::ClipRecord before, media::ClipRecord after,
                   const QString& text)
        : QUndoCommand(text), edits_(edits), before_(std::move(before)), after_(std::move(after)) {}
    void redo() override { apply(after_); }
    void undo() override { apply(before_); }

  private:
    void apply(const media::ClipRecord& clip) {
        if (edits_) {
            edits_->write(clip);
        }
    }
    QPointer<ClipEdits> edits_;
    media::ClipRecord before_;
    media::ClipRecord after_;
};

}  // namespace

ClipEdits::ClipEdits(ProjectSession* session, QUndoStack* undo, QObject* parent)
    : QObject(parent), session_(session), undo_(undo) {}

void ClipEdits::setReading(const media::ClipRecord& clip, const media::ReadAs& as) {
    if (media::ReadAs{clip.encoding, clip.fps} == as || session_->readOnly()) {
        return;
    }
    media::ClipRecord after = clip;
    after.encoding = as.encoding;
    after.fps = as.rate;
    after.said = true;
    const QString name = text(clip.name);
    undo_->push(new ReadingCommand(this, clip, after,
                                   clip.encoding == as.encoding
                                       ? tr("Change the rate of %1").arg(name)
                                       : tr("Change the encoding of %1").arg(name)));
}

void ClipEdits::write(const media::ClipRecord& clip) {
    session_->write([name = clip.name, encoding = clip.encoding, fps = clip.fps,
                     said = clip.said](media::Project& project) {
        return project.setClipReading(name, encoding, fps, said);
    });
}

}  // namespace understudy::ui
