// SPDX-License-Identifier: GPL-3.0-or-later
// One plan option as a form shows it, made from its description alone: the same words as the
// command line's help.
#pragma once

#include <QWidget>
#include <functional>

#include "training/plan/plan.h"

class QLabel;

namespace understudy::ui {

class OptionField : public QWidget {
    Q_OBJECT
  public:
    // `withHelp`: the sentence of consequence stands below; otherwise it is the tool tip.
    OptionField(const training::OptionInfo& info, bool withHelp, QWidget* parent = nullptr);

    const training::OptionInfo& info() const { return info_; }
    void setValue(const QString& value);
    QString value() const;
    void setError(const QString& text);  // empty: none; setValue() takes it away

    // With the group that it belongs to: "GAN: power".
    void setTitle(const QString& title);

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

// "eyesMouth" -> "Eyes mouth"; the part after the dot.
QString optionTitle(const std::string& key);
// "loss.eyesMouth" -> "Loss: eyes mouth", where options of several groups stand side by side.
QString groupedOptionTitle(const std::string& key);

}  // namespace understudy::ui
