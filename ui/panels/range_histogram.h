// SPDX-License-Identifier: GPL-3.0-or-later
// How the values of one measure lie, and which of them are let through: drag an end, or the middle
// to move both. Keys: left and right move the lower end, with Shift the upper one; Backspace lets
// all through.
#pragma once

#include <QWidget>

#include "ui/models/face_item.h"

namespace understudy::ui {

class RangeHistogram : public QWidget {
    Q_OBJECT
  public:
    RangeHistogram(const QString& title, const QString& unit, int decimals,
                   QWidget* parent = nullptr);

    void setSpread(const MeasureSpread& spread);
    void setRange(const FaceRange& range);
    const FaceRange& range() const { return range_; }
    QSize sizeHint() const override { return {200, 46}; }
    QSize minimumSizeHint() const override { return {120, 46}; }

  Q_SIGNALS:
    void rangeChanged();  // by a person

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    enum class Grip { none, least, most, both };
    QRect track() const;
    double xOf(float value) const;
    float valueAt(double x) const;
    float shownLeast() const;
    float shownMost() const;
    void take(float least, float most);
    QString valueText(float value) const;

    QString title_;
    QString unit_;
    int decimals_;
    MeasureSpread spread_;
    FaceRange range_;
    Grip grip_ = Grip::none;
    double pressedX_ = 0;
    float pressedLeast_ = 0;
    float pressedMost_ = 0;
};

}  // namespace understudy::ui
