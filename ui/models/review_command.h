// SPDX-License-Identifier: GPL-3.0-or-later
// "Reject 214 faces", "Assign 214 faces to Ben": one command for one gesture, holding keys and what
// they were and became, never pixels.
#pragma once

#include <QPointer>
#include <QUndoCommand>
#include <vector>

#include "ui/models/faces_model.h"

namespace understudy::ui {

template <class Change>
class ReviewCommand : public QUndoCommand {
  public:
    ReviewCommand(FacesModel* model, std::vector<Change> changes, const QString& text)
        : QUndoCommand(text), model_(model), changes_(std::move(changes)) {}

    void redo() override { apply(true); }
    void undo() override { apply(false); }

  private:
    void apply(bool after) {
        if (!model_ || !model_->apply(changes_, after)) {
            setObsolete(true);  // its faces are gone with their clip: the stack drops it
        }
    }

    QPointer<FacesModel> model_;
    std::vector<Change> changes_;
};

}  // namespace understudy::ui
