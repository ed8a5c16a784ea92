// SPDX-License-Identifier: GPL-3.0-or-later
// A wheel that scrolls a form must not change the fields that pass under the pointer.
#pragma once

class QWidget;

namespace understudy::ui {

// The number boxes, lists and sliders inside `form` take the wheel only while they have the focus,
// which the wheel does not give them; otherwise the form scrolls. Once all of them are there.
void guardWheel(QWidget* form);

}  // namespace understudy::ui
