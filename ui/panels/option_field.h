// SPDX-License-Identifier: GPL-3.0-or-later
// One plan option as a form shows it, made from its description alone: the same words as the
// command line's help.
#pragma once

#include <QWidget>
#include <functional>

#include "training/plan/plan.h"
#include "ui/models/described.h"

class QLabel;

namespace understudy::ui {

class OptionField : public QWidget {
    Q_OBJECT
  public:
    // `title`: optionTitle() for one, groupedOptionTitle() where several groups stand side by
    // side. `withHelp`: the sentence of consequence stands below; otherwise it is the tool tip.
    OptionField(const training::OptionInfo& info, const QString& title, bool withHelp,
                QWidget* parent = nullptr);

    const training::OptionInfo& info() const { return info_; }
    void setValue(const QString& value);
    QString value() const;
    void setError(const QString& text);  // empty: none; setValue() takes it away
    void setRefused(bool refused);       // what is in it, which it then says with what may be

  Q_SIGNALS:
    void edited();
    void typed();  // a letter of what will be edited

  private:
    QWidget* makeEditor();

    training::OptionInfo info_;
    QWidget* editor_ = nullptr;
    QLabel* title_ = nullptr;
    QLabel* help_ = nullptr;
    QLabel* error_ = nullptr;
};

}  // namespace understudy::ui
