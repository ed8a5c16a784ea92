// SPDX-License-Identifier: GPL-3.0-or-later
// All actions with their keys: searched, changed, taken back, or as another program has them.
#pragma once

#include <QDialog>

class QComboBox;
class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace understudy::ui {

class Shortcuts;

class ShortcutTable : public QDialog {
    Q_OBJECT
  public:
    explicit ShortcutTable(Shortcuts* shortcuts, QWidget* parent = nullptr);

  private:
    void fill();
    void filter();
    void takeKey();
    void showChosen();
    int chosen() const;  // index of the entry; -1: none

    Shortcuts* shortcuts_;
    QLineEdit* search_;
    QTreeWidget* table_;
    QKeySequenceEdit* key_;
    QLabel* conflict_;
    QPushButton* take_;
    QPushButton* reset_;
    QPushButton* resetAll_;
    QComboBox* preset_;
};

}  // namespace understudy::ui
