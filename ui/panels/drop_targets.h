// SPDX-License-Identifier: GPL-3.0-or-later
// Two large targets that appear over the picture while files are dragged: Source, Destination.
#pragma once

#include <QWidget>

#include "ui/models/clip_list_model.h"

namespace understudy::ui {

class DropTargets : public QWidget {
    Q_OBJECT
  public:
    explicit DropTargets(QWidget* parent);
    void appear(const QRect& over);

  Q_SIGNALS:
    void dropped(understudy::ui::PerformerRole role, const QStringList& paths);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    QRect target(PerformerRole role) const;
    PerformerRole roleAt(const QPoint& point) const;

    PerformerRole under_ = PerformerRole::others;
};

}  // namespace understudy::ui
