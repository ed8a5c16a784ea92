// SPDX-License-Identifier: GPL-3.0-or-later
// Two pictures of the same frame, compared: the swap alone, a wipe against the plate with a handle
// to drag, side by side, or their difference times four.
#pragma once

#include <QImage>
#include <QWidget>

namespace understudy::ui {

enum class CompareMode { swapOnly, wipe, sideBySide, difference };

class WipeView : public QWidget {
    Q_OBJECT
  public:
    explicit WipeView(QWidget* parent = nullptr);

    // `plateLabel`: which frame of the plate it is, or why there is none.
    void setPictures(const QImage& swap, const QImage& plate, const QString& plateLabel = {});
    const QImage& swap() const { return swap_; }
    const QImage& plate() const { return plate_; }
    const QString& plateLabel() const { return plateLabel_; }
    void setMessage(const QString& text);
    void setMode(CompareMode mode);
    CompareMode mode() const { return mode_; }
    double wipe() const { return wipe_; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

  private:
    QRect pictureRect(const QSize& size, const QRect& within) const;
    void paintWipe(QPainter& painter);
    void paintLabel(QPainter& painter, const QRect& picture, const QString& text, bool right) const;

    QImage swap_;
    QImage plate_;
    QImage difference_;
    QString plateLabel_;
    QString message_;
    CompareMode mode_ = CompareMode::wipe;
    double wipe_ = 0.5;  // of the picture's width: left of it the swap, right of it the plate
};

// |a - b| * 4 in each channel.
QImage differenceOf(const QImage& a, const QImage& b);

}  // namespace understudy::ui
