// SPDX-License-Identifier: GPL-3.0-or-later
// The line at the bottom of every page: the job that somebody waits for, how far it is, how long it
// will take, pause and stop; how many others there are, and a drawer with all jobs, which a click
// anywhere on the line opens.
#pragma once

#include <QProgressBar>
#include <QWidget>

#include "ui/models/jobs_model.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class JobStrip : public QWidget {
    Q_OBJECT
  public:
    explicit JobStrip(JobsModel* jobs, QWidget* parent = nullptr);
    void setDrawerOpen(bool open);

  Q_SIGNALS:
    void drawerToggled(bool open);
    void stopRequested(const QString& job);

  protected:
    void mouseReleaseEvent(QMouseEvent* event) override;

  private:
    void refresh();

    JobsModel* jobs_;
    QLabel* icon_;
    ElidedLabel* title_;
    QLabel* progress_;
    QProgressBar* bar_;
    QLabel* left_;
    QToolButton* pause_;
    QToolButton* stop_;
    QLabel* queued_;
    QLabel* failures_;
    QToolButton* drawer_;
    std::string job_;
};

}  // namespace understudy::ui
