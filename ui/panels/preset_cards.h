// SPDX-License-Identifier: GPL-3.0-or-later
// The presets as cards: title and one sentence each; one is chosen.
#pragma once

#include <QAbstractButton>
#include <QWidget>
#include <vector>

#include "training/plan/plan.h"

namespace understudy::ui {

class PresetCard;

class PresetCards : public QWidget {
    Q_OBJECT
  public:
    explicit PresetCards(QWidget* parent = nullptr);

    void setPresets(const std::vector<training::PresetInfo>& presets);
    QString title(const QString& name) const;
    void mark(const QString& name);  // shows it as chosen, and nothing more

  Q_SIGNALS:
    void chosenChanged(const QString& name);

  private:
    std::vector<PresetCard*> cards_;
    QLayout* column_;
};

}  // namespace understudy::ui
