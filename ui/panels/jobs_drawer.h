// SPDX-License-Identifier: GPL-3.0-or-later
// All jobs of the project, newest first: state, title, bar, time; errors with their remedy,
// warnings; a menu with what can be done to each.
#pragma once

#include <QListView>
#include <QMenu>
#include <QWidget>

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

  protected:
    void showEvent(QShowEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void fillMenu(QMenu* menu, const JobState& job);

    class ListModel;
    JobsModel* jobs_;
    ListModel* model_;
    QListView* list_;
};

}  // namespace understudy::ui
