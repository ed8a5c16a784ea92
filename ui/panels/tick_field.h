// SPDX-License-Identifier: GPL-3.0-or-later
// A field like a combo box of which several entries are chosen: it opens a menu of ticks that stays
// open while they are made, by pointer and by Space, and says in its own words what is ticked.
#pragma once

#include <QComboBox>
#include <QMenu>

namespace understudy::ui {

class TickMenu : public QMenu {
  public:
    using QMenu::QMenu;

  protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
};

class TickField : public QComboBox {
    Q_OBJECT
  public:
    explicit TickField(QWidget* parent = nullptr);

    TickMenu* menu() const { return menu_; }
    void setWords(const QString& words);
    void showPopup() override;
    void hidePopup() override;

  protected:
    void initStyleOption(QStyleOptionComboBox* option) const override;
    void mousePressEvent(QMouseEvent* event) override;

  private:
    TickMenu* menu_;
};

}  // namespace understudy::ui
