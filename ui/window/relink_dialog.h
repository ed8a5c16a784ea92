// SPDX-License-Identifier: GPL-3.0-or-later
// Plates that were moved are found again: a folder is looked through, what it has is told, and only
// then the clips are pointed there, as one step that can be undone.
#pragma once

#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <stop_token>

#include "ui/models/relink.h"
#include "ui/models/studio.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class RelinkDialog : public QDialog {
    Q_OBJECT
  public:
    // Of the open project: those of its clips whose plates are gone, or all where none is.
    RelinkDialog(Studio& studio, std::set<std::string> gone, QWidget* parent = nullptr);
    ~RelinkDialog() override;

    void search(const QString& folder);
    const std::vector<FoundPlate>& found() const { return found_; }

  private:
    void chooseFolder();
    void tell(const std::vector<FoundPlate>& found);
    void relink();

    Studio& studio_;
    std::vector<media::ClipRecord> clips_;
    std::vector<FoundPlate> found_;
    QTreeWidget* list_;
    QLabel* summary_;
    QPushButton* choose_;
    QPushButton* relink_;
    MessageBar* messages_;
    std::stop_source stop_;
    int generation_ = 0;
};

}  // namespace understudy::ui
