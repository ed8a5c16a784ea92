// SPDX-License-Identifier: GPL-3.0-or-later
// The run in numbers, large enough to read from the next desk: step, loss, rate, data wait, what it
// has cost, time left as a range, a sentence on its health; and, for a place of its own, the list
// of its checkpoints.
#pragma once

#include <QHash>
#include <QListWidget>
#include <QProgressBar>
#include <QWidget>

#include "ui/models/devices_model.h"
#include "ui/models/jobs_model.h"
#include "ui/models/run_model.h"
#include "ui/panels/basics.h"
#include "ui/panels/meter_bar.h"

class QGridLayout;

namespace understudy::ui {

class RunNumbers : public QWidget {
    Q_OBJECT
  public:
    RunNumbers(RunModel* run, JobsModel* jobs, DevicesModel* devices, QWidget* parent = nullptr);
    QWidget* checkpoints() const { return checkpoints_; }  // whoever places it owns it

    void setCurrency(const std::string& currency);  // of what it costs

  Q_SIGNALS:
    void checkpointChosen(qint64 step);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    QLabel* addRow(QGridLayout* grid, const QString& title, const char* name);
    // A row that nothing is known of is not there.
    void setKnown(QLabel* value, const QString& text);
    void refreshCost(const JobState* job);
    void refreshDevices();
    void refresh();
    void refreshCheckpoints();

    RunModel* run_;
    JobsModel* jobs_;
    DevicesModel* devices_;
    QLabel* title_;
    QLabel* state_;
    QLabel* stateIcon_;
    QLabel* step_;
    QProgressBar* bar_;
    QLabel* left_;
    QLabel* loss_;
    QLabel* source_;
    QLabel* destination_;
    QLabel* validation_;
    QLabel* rate_;
    QLabel* samples_;
    QLabel* wait_;
    QLabel* elapsed_;
    QLabel* efficiency_;
    QLabel* gpuTime_;
    QLabel* cost_;
    std::string currency_;
    QLabel* energy_;
    QLabel* target_;
    QHash<QLabel*, QLabel*> titles_;  // of the rows, by their values
    QVBoxLayout* meterRows_;
    QWidget* meterBox_;
    std::vector<MeterBar*> meters_;     // of the devices that train the run
    std::vector<std::string> metered_;  // their ids
    QLabel* health_;
    QStringList listed_;  // checkpoints, as they are written
    QListWidget* checkpoints_;
};

}  // namespace understudy::ui
