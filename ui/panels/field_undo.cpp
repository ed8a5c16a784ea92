// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/field_undo.h"

#include <QKeyEvent>
#include <QWidget>

namespace understudy::ui {
namespace {

class UndoFilter : public QObject {
  public:
    using QObject::QObject;

  protected:
    bool eventFilter(QObject*, QEvent* event) override {
        if (event->type() != QEvent::ShortcutOverride) {
            return false;
        }
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool undoes = key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo);
        if (undoes) {
            event->ignore();
        }
        return undoes;
    }
};

}  // namespace

void leaveUndoToWindow(QWidget* form) {
    auto* filter = new UndoFilter(form);
    for (QWidget* field : form->findChildren<QWidget*>()) {
        field->installEventFilter(filter);
    }
}

}  // namespace understudy::ui
