// SPDX-License-Identifier: GPL-3.0-or-later
// The marks of the two performers, the same everywhere: source round and blue, destination square
// and rose; told apart by shape before colour.
#pragma once

#include <QPainter>
#include <QWidget>

#include "ui/models/performer_role.h"
#include "ui/panels/theme.h"

namespace understudy::ui {

inline QColor performerColor(PerformerRole role) {
    return role == PerformerRole::source        ? theme::kSource
           : role == PerformerRole::destination ? theme::kDestination
                                                : theme::kSecond;
}

inline void paintPerformerMark(QPainter& painter, PerformerRole role, const QRectF& rect) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(performerColor(role));
    role == PerformerRole::destination ? painter.drawRect(rect) : painter.drawEllipse(rect);
    painter.restore();
}

class PerformerMark : public QWidget {
  public:
    explicit PerformerMark(PerformerRole role, QWidget* parent = nullptr)
        : QWidget(parent), role_(role) {
        setFixedSize(10, 10);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintPerformerMark(painter, role_, QRectF(rect()));
    }

  private:
    PerformerRole role_;
};

}  // namespace understudy::ui
