// SPDX-License-Identifier: GPL-3.0-or-later
// Large targets that appear over the picture while files are dragged: Source, Destination, Another
// performer.
#pragma once

#include <QWidget>
#include <optional>

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

    std::optional<PerformerRole> under_;
};

}  // namespace understudy::ui
