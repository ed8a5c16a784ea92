// SPDX-License-Identifier: GPL-3.0-or-later
// The first page: a new project, an existing one, the recent ones.
#pragma once

#include <QListWidget>
#include <QWidget>

#include "ui/panels/basics.h"

namespace understudy::ui {

class StartPage : public QWidget {
    Q_OBJECT
  public:
    explicit StartPage(QWidget* parent = nullptr);
    void setRecent(const QStringList& folders);
    MessageBar* messages() const { return messages_; }

  Q_SIGNALS:
    void newRequested();
    void openRequested();
    void openFolder(const QString& folder);

  private:
    QListWidget* recent_;
    QWidget* recentBox_;
    MessageBar* messages_;
};

}  // namespace understudy::ui
