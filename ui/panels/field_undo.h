// SPDX-License-Identifier: GPL-3.0-or-later
// Where each edit of a form is a command of the window, undo takes back that one, in its fields as
// beside them.
#pragma once

class QWidget;

namespace understudy::ui {

// The keys of undo and redo in the fields inside `form` are left to the window, where a field would
// take back its letters. Once all of them are there.
void leaveUndoToWindow(QWidget* form);

}  // namespace understudy::ui
