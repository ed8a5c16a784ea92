// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/edits.h"

namespace understudy::ui {

void dropPassed(QUndoStack& undo) {
    const auto passed = [&undo](int place) {
        const auto* command = dynamic_cast<const PassingCommand*>(undo.command(place));
        return command != nullptr && command->passed();
    };
    // One that has passed does nothing more than to say that the stack may drop it.
    while (passed(undo.index() - 1)) {
        undo.undo();
    }
    const int count = undo.count();
    while (passed(undo.index())) {
        undo.redo();
    }
    if (undo.count() < count) {  // of those the stack tells nobody
        Q_EMIT undo.indexChanged(undo.index());
        Q_EMIT undo.canRedoChanged(undo.canRedo());
        Q_EMIT undo.redoTextChanged(undo.redoText());
    }
}

}  // namespace understudy::ui
