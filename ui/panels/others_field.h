// SPDX-License-Identifier: GPL-3.0-or-later
// Who is learned beside source and destination, ticked in a list of the project's performers with
// their faces; what a plan says as "carl,dora".
#pragma once

#include <vector>

#include "ui/panels/tick_field.h"

namespace understudy::ui {

class OthersField : public TickField {
    Q_OBJECT
  public:
    struct Person {
        QString name;
        int64_t faces = 0;
        bool operator==(const Person&) const = default;
    };

    explicit OthersField(QWidget* parent = nullptr);

    // Who can be chosen. Somebody who is chosen stays so, whether the project knows them or not.
    void setPeople(const std::vector<Person>& people);
    // As a plan says it, in the order in which they were chosen.
    void setValue(const QString& names);
    QString value() const { return chosen_.join(','); }
    bool anybody() const { return !people_.empty() || !chosen_.isEmpty(); }

  Q_SIGNALS:
    void edited();

  private:
    void fill();
    void addPerson(const Person& person, bool known);
    void choose(const QStringList& names);
    void refresh();

    std::vector<Person> people_;
    QStringList chosen_;
};

}  // namespace understudy::ui
