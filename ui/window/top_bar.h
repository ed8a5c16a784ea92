// SPDX-License-Identifier: GPL-3.0-or-later
// Menus, the five pages, the project and the service: one line of 36 px.
#pragma once

#include <QMenuBar>
#include <QWidget>

#include "ui/panels/basics.h"

namespace understudy::ui {

// One page's tab: text, an underline in the accent when it is current, a dot while a job runs
// there, a number of things to look at.
class PageTab : public QAbstractButton {
    Q_OBJECT
  public:
    PageTab(const QString& text, int number, QWidget* parent = nullptr);
    void setMark(bool working, int attention);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    bool working_ = false;
    int attention_ = 0;
};

class TopBar : public QWidget {
    Q_OBJECT
  public:
    explicit TopBar(QWidget* parent = nullptr);

    QMenuBar* menus() const { return menus_; }
    PageTab* tab(int page) const { return tabs_[page]; }
    void setCurrentPage(int page);
    void setPagesVisible(bool on);
    void setProject(const QString& name, const QString& state);
    void setService(const QString& iconName, const QString& text, const QString& toolTip);

  Q_SIGNALS:
    void pageChosen(int page);

  private:
    QMenuBar* menus_;
    QWidget* pages_;
    QList<PageTab*> tabs_;
    ElidedLabel* project_;
    QLabel* saved_;
    QLabel* serviceIcon_;
    QLabel* service_;
};

}  // namespace understudy::ui
