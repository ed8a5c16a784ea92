// SPDX-License-Identifier: GPL-3.0-or-later
// Any action by a few of its letters, with its key, so that it is learned (Ctrl+K).
#pragma once

#include <QWidget>
#include <optional>

#include "ui/models/pages.h"

class QLineEdit;
class QListWidget;

namespace understudy::ui {

class Shortcuts;

class ActionFinder : public QWidget {
    Q_OBJECT
  public:
    explicit ActionFinder(Shortcuts* shortcuts, QWidget* parent);
    // Those of everywhere and of this page.
    void appear(std::optional<PageId> page);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void fill();
    void run();

    Shortcuts* shortcuts_;
    QLineEdit* search_;
    QListWidget* list_;
    std::optional<PageId> page_;
};

}  // namespace understudy::ui
