// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs of the project: what runs, what waits in the order of its turns, what is over. State,
// title, bar, time; errors with their remedy, warnings; a menu and keys with what can be done to
// each: another place, another priority, hold, what it waits for, stop, try again.
#pragma once

#include <QListView>
#include <QMenu>
#include <QWidget>
#include <optional>

#include "ui/models/jobs_model.h"

namespace understudy::ui {

class JobsDrawer : public QWidget {
    Q_OBJECT
  public:
    explicit JobsDrawer(JobsModel* jobs, QWidget* parent = nullptr);
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
    void openFolder(const JobState& job) const;

    class ListModel;
    JobsModel* jobs_;
    ListModel* model_;
    QListView* list_;
};

}  // namespace understudy::ui
