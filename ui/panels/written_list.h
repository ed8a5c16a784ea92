// SPDX-License-Identifier: GPL-3.0-or-later
// What Deliver wrote and is writing: a row each, with what can be done about it in its menu and by
// keys.
#pragma once

#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QWidget>

#include "ui/models/studio.h"
#include "ui/models/swap_list_model.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class WrittenList : public QWidget {
    Q_OBJECT
  public:
    explicit WrittenList(Studio& studio, QWidget* parent = nullptr);

    void refresh();
    void openFolder() const;  // of the result that is chosen

  Q_SIGNALS:
    void logWanted(const QString& job);
    void reviewWanted(const QString& out);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QAction* add(const QString& words, void (WrittenList::*act)());
    QAction* actionOf(int key) const;
    void showMenu(const QPoint& at);
    void settle();
    void stop();
    void tryAgain();
    void showLog();
    void review();
    void takeOff();

    Studio& studio_;
    SwapListModel model_;
    QListView* list_;
    QLabel* nothing_;  // in its place while there is nothing
    QPushButton* folder_;
    QMenu* menu_;
    QAction* stop_;
    QAction* again_;
    QAction* log_;
    QAction* review_;
    QAction* off_;
};

}  // namespace understudy::ui
