// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs of the project, or of all projects: what runs, what waits in the order of its turns,
// what is over. State, title, bar, time; errors with their remedy, warnings; a menu and keys with
// what can be done to each: another place, another priority, hold, what it waits for, stop, try
// again. A double click on a result that is done opens its folder.
#pragma once

#include <QCheckBox>
#include <QListView>
#include <QMenu>
#include <QStackedWidget>
#include <QWidget>
#include <optional>

#include "ui/models/job_list_model.h"
#include "ui/models/ui_settings.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class JobsDrawer : public QWidget {
    Q_OBJECT
  public:
    JobsDrawer(JobsModel* jobs, UiSettings* settings, QWidget* parent = nullptr);
    QSize sizeHint() const override;

  Q_SIGNALS:
    void stopRequested(const QString& job);
    void actionRequested(const QString& job, understudy::ui::JobAction action);
    void logRequested(const QString& job);

  protected:
    void showEvent(QShowEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void fillMenu(QMenu* menu, const JobState& job);
    void addTurns(QMenu* menu, const JobState& job);
    void addWaiting(QMenu* menu, const JobState& job);
    void press(int key);
    void ask(const std::optional<training::ChangeJob>& change);
    const JobState* current() const;
    void openResult(const JobState* job) const;
    void buildHeader(Panel* panel);
    void refresh();

    JobsModel* jobs_;
    UiSettings* settings_;
    JobListModel* model_;
    QListView* list_;
    QStackedWidget* content_;
    QLabel* empty_;
    QCheckBox* everyones_;
};

}  // namespace understudy::ui
