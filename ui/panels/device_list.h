// SPDX-License-Identifier: GPL-3.0-or-later
// The devices of this machine, ticked for a new training: how full and how busy each is, who uses
// it, and whether it is kept for the viewport. Then the memory and the disk of the machine itself.
#pragma once

#include <QCheckBox>
#include <QToolButton>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/models/devices_model.h"
#include "ui/models/edits.h"
#include "ui/panels/basics.h"
#include "ui/panels/meter_bar.h"

namespace understudy::ui {

// Whether a GPU is kept for the viewport.
struct Keeping {
    std::string id;
    bool on = false;
    bool operator==(const Keeping&) const = default;
};

class DeviceRow : public QWidget {
    Q_OBJECT
  public:
    explicit DeviceRow(DevicesModel* model, const DeviceState& state, QWidget* parent = nullptr);

    QString planName() const { return planName_; }
    QCheckBox* box() const { return box_; }
    // `planned`: bytes that the plan would take of it beside what is taken.
    void show(const DeviceState& state, bool stale, double planned);

  Q_SIGNALS:
    void keepChosen(bool on);

  private:
    void showGpu(const DeviceState& state, double planned);
    void showCpu(double planned);
    QString usersText(const DeviceState& state) const;

    DevicesModel* model_;
    QString planName_;
    QCheckBox* box_;
    QToolButton* keep_ = nullptr;  // of a GPU
    MeterBar* memory_;
    MeterBar* load_;
    QLabel* words_;
};

class DeviceList : public QWidget {
    Q_OBJECT
  public:
    DeviceList(DevicesModel* model, QUndoStack* undo, QWidget* parent = nullptr);

    // As a plan names them: "auto", "cuda:0,cuda:1", "cpu".
    std::string chosen() const;
    void setChosen(const std::string& devices);
    void setEditable(bool on);
    // What is ticked, or what "auto" would take now: never "auto" or "all".
    QStringList meant() const;
    // Bytes that each of those would need; 0: not known.
    void setPlanned(double bytes);

  Q_SIGNALS:
    void chosenChanged();
    void reserveFailed(const QString& words);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void rebuild();
    void refresh();
    void take(QCheckBox* box);
    void keep(const DeviceState& state, bool on);
    void enable();
    QStringList ticked() const;

    DevicesModel* model_;
    QCheckBox* automatic_;
    QVBoxLayout* rows_;
    std::vector<DeviceRow*> devices_;
    MeterBar* disk_;
    QLabel* age_;
    QLabel* other_;      // devices that no box stands for
    std::string given_;  // by setChosen()
    bool editable_ = true;
    double planned_ = 0;
    Edits<Keeping> edits_;
};

}  // namespace understudy::ui
