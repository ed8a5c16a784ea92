// SPDX-License-Identifier: GPL-3.0-or-later
// The first page: a new project, an existing one, the recent ones, and one to try everything with.
#pragma once

#include <QListWidget>
#include <QProgressBar>
#include <QWidget>
#include <optional>
#include <utility>
#include <vector>

#include "ui/panels/basics.h"

namespace understudy::ui {

struct RecentProject {
    QString folder;
    QString picture;  // file of the page that was open last, where there is one
    QString page;     // its name
};

class StartPage : public QWidget {
    Q_OBJECT
  public:
    // What the rows of the list say beside their names.
    enum Role { kFolder = Qt::UserRole, kThere, kDay, kPage };

    explicit StartPage(QWidget* parent = nullptr);
    // Whether they are there, and how they looked, comes later: a disk may be far away, or gone.
    void setRecent(const std::vector<RecentProject>& projects);
    // The demo is being made: frames of all; nothing: it is not.
    void showDemo(std::optional<std::pair<qint64, qint64>> frames);
    MessageBar* messages() const { return messages_; }

  Q_SIGNALS:
    void newRequested();
    void openRequested();
    void openFolder(const QString& folder);
    void demoRequested();
    void demoCancelled();

  private:
    void lookAtDisks(const std::vector<RecentProject>& projects);

    QPushButton* demo_;
    QWidget* making_;
    QLabel* madeText_;
    QProgressBar* made_;
    QListWidget* recent_;
    QWidget* recentBox_;
    MessageBar* messages_;
    int asked_ = 0;  // how often for projects
};

}  // namespace understudy::ui
