// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/others_field.h"

#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {

OthersField::OthersField(QWidget* parent) : TickField(parent) {
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(menu(), &QMenu::aboutToShow, this, &OthersField::fill);
    refresh();
}

void OthersField::setPeople(const std::vector<Person>& people) {
    people_ = people;
}

void OthersField::setValue(const QString& names) {
    chosen_.clear();
    for (const QString& name : names.split(',', Qt::SkipEmptyParts)) {
        chosen_ << name.trimmed();
    }
    refresh();
}

// When it is opened, and not while it is: what the pointer is on stays there.
void OthersField::fill() {
    menu()->clear();
    for (const Person& person : people_) {
        addPerson(person, true);
    }
    for (const QString& name : chosen_) {
        if (std::none_of(people_.begin(), people_.end(),
                         [&](const Person& person) { return person.name == name; })) {
            addPerson({name, 0}, false);
        }
    }
    menu()->addSeparator();
    menu()->addAction(tr("All of them"), [this] {
        QStringList names = chosen_;
        for (const Person& person : people_) {
            if (!names.contains(person.name)) {
                names << person.name;
            }
        }
        choose(names);
    });
    menu()->addAction(tr("Nobody"), [this] { choose({}); });
}

void OthersField::addPerson(const Person& person, bool known) {
    QAction* action = menu()->addAction(
        known ? tr("%1   %2 faces").arg(person.name, countText(person.faces)) : person.name);
    action->setCheckable(true);
    action->setChecked(chosen_.contains(person.name));
    connect(action, &QAction::toggled, this, [this, name = person.name](bool on) {
        QStringList names = chosen_;
        names.removeAll(name);
        choose(on ? names << name : names);
    });
}

void OthersField::choose(const QStringList& names) {
    if (names != chosen_) {
        chosen_ = names;
        refresh();
        Q_EMIT edited();
    }
}

void OthersField::refresh() {
    setWords(chosen_.isEmpty()     ? tr("Nobody")
             : chosen_.size() <= 2 ? chosen_.join(QStringLiteral(", "))
                                   : tr("%1 performers").arg(chosen_.size()));
}

}  // namespace understudy::ui
