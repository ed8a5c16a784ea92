// SPDX-License-Identifier: GPL-3.0-or-later
// All jobs of the project, newest first: state, title, bar, time, stop; errors with their remedy.
#pragma once

#include <QListView>
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

  protected:
    void showEvent(QShowEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    class ListModel;
    JobsModel* jobs_;
    ListModel* model_;
    QListView* list_;
};

}  // namespace understudy::ui
