// SPDX-License-Identifier: GPL-3.0-or-later
// Edits of the plan of a run to be made, on the window's undo stack: one command for a gesture,
// such as what is typed into one field or a spin box that is turned. A gesture ends when nothing
// is edited for a second, and with whatever is undone.
#pragma once

#include <QObject>
#include <QTimer>
#include <QUndoStack>

#include "ui/models/plan_draft.h"

namespace understudy::ui {

class PlanEdits : public QObject {
    Q_OBJECT
  public:
    explicit PlanEdits(QUndoStack* undo, QObject* parent = nullptr);

    // What was done already. Edits with the same `key` in one gesture become one command; without
    // a key each is its own. Nothing is recorded where nothing was changed.
    void record(const QString& words, const std::string& key, const PlanDraft& before,
                const PlanDraft& after);
    void endGesture() { ++gesture_; }
    // For the commands.
    void restore(const PlanDraft& draft);

  Q_SIGNALS:
    void restored(const PlanDraft& draft);  // by undo or redo

  private:
    QUndoStack* undo_;
    QTimer pause_;
    int gesture_ = 0;
};

}  // namespace understudy::ui
