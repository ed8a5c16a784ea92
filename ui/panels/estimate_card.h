// SPDX-License-Identifier: GPL-3.0-or-later
// What a new training will take, in sentences: memory on the devices that are ticked, time for a
// thousand steps and in all. Where it does not fit, what would, as buttons.
#pragma once

#include <QWidget>

#include "training/plan/plan.h"
#include "ui/models/plan_estimator.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class EstimateCard : public QWidget {
    Q_OBJECT
  public:
    explicit EstimateCard(PlanEstimator* estimator, QWidget* parent = nullptr);

    void setPlan(const training::Plan& plan);

  Q_SIGNALS:
    void settingsChosen(const QString& settings);  // "encoderDims=48 decoderDims=48"

  private:
    void refresh();
    void showRemedies(const QStringList& settings);
    QString memoryText(const PlanEstimate& estimate) const;
    QString timeText(const PlanEstimate& estimate) const;

    PlanEstimator* estimator_;
    training::Plan plan_;
    QLabel* plain_;  // the plan in a sentence, or what is wrong with it
    QLabel* icon_;
    QLabel* memory_;
    QLabel* time_;
    QVBoxLayout* remedies_;
    QStringList shown_;
};

}  // namespace understudy::ui
