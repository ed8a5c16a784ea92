// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/choices.h"

#include <QSignalBlocker>

namespace understudy::ui {

void setChoices(QComboBox* combo, const std::vector<Choice>& choices) {
    std::vector<Choice> before;
    for (int i = 0; i < combo->count(); ++i) {
        before.push_back({combo->itemText(i), combo->itemData(i)});
    }
    if (before == choices) {
        return;
    }
    const bool any = combo->currentIndex() >= 0;
    const QVariant chosen = combo->currentData();
    const QSignalBlocker quiet(combo);
    combo->clear();
    for (const Choice& choice : choices) {
        combo->addItem(choice.text, choice.data);
    }
    combo->setCurrentIndex(any ? combo->findData(chosen) : -1);
}

}  // namespace understudy::ui
