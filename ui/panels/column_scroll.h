// SPDX-License-Identifier: GPL-3.0-or-later
// A column that scrolls up and down and is never narrower than what it holds, so that nothing of it
// is cut at its side.
#pragma once

#include <QEvent>
#include <QScrollArea>
#include <QScrollBar>

namespace understudy::ui {

class ColumnScroll : public QScrollArea {
  public:
    explicit ColumnScroll(QWidget* parent = nullptr) : QScrollArea(parent) {
        setFrameShape(QFrame::NoFrame);
        setWidgetResizable(true);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }

    QSize minimumSizeHint() const override {
        const int inside = widget() == nullptr ? 0 : widget()->minimumSizeHint().width();
        return {inside + verticalScrollBar()->sizeHint().width(), 60};
    }

  protected:
    bool event(QEvent* event) override {
        if (event->type() == QEvent::LayoutRequest) {
            updateGeometry();
        }
        return QScrollArea::event(event);
    }
};

}  // namespace understudy::ui
