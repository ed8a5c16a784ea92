// SPDX-License-Identifier: GPL-3.0-or-later
// The entries of a combo box that follows a model: filled anew only when they differ, so that a
// list that somebody has open keeps what the pointer is on.
#pragma once

#include <QComboBox>
#include <QVariant>
#include <vector>

namespace understudy::ui {

struct Choice {
    QString text;
    QVariant data;
    bool operator==(const Choice&) const = default;
};

// What was chosen stays chosen, by its data; when it is gone, nothing is (index -1). Emits nothing.
void setChoices(QComboBox* combo, const std::vector<Choice>& choices);

}  // namespace understudy::ui
