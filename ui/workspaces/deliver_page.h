// SPDX-License-Identifier: GPL-3.0-or-later
// Puts a trained face on a plate and writes it: what, how, and the queue of what is being written.
#pragma once

#include <QListWidget>
#include <QStackedWidget>

#include "ui/panels/clip_viewer.h"
#include "ui/panels/swap_form.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class DeliverPage : public Page {
    Q_OBJECT
  public:
    explicit DeliverPage(Studio& studio, QWidget* parent = nullptr);

    void chooseRun(const QString& run);
    void chooseClip(const QString& clip);
    SwapForm* form() const { return form_; }
    QWidget* focusTarget() const override;
    bool working() const override;

  private:
    void refreshProject();
    void refresh();
    void showPlate();
    void render();
    void start(const SwapSettings& settings);

    SwapForm* form_;
    QStackedWidget* centre_;
    ClipViewer* viewer_;
    QListWidget* queue_;
    QLabel* summary_;
    QString shownClip_;
    bool asking_ = false;
};

}  // namespace understudy::ui
