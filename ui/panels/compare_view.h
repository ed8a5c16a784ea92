// SPDX-License-Identifier: GPL-3.0-or-later
// The picture of a player: one, or two of the same frame compared (wipe, difference, overlay, side
// by side), and what is drawn over it. Drawing is a tool that is taken and laid down.
#pragma once

#include <QLineEdit>
#include <optional>

#include "media/project/note_drawing.h"
#include "ui/panels/picture_view.h"

namespace understudy::ui {

// `second`: B alone.
enum class CompareMode { off, wipe, difference, overlay, side, second };
enum class DrawTool { none, freehand, arrow, text };

class CompareView : public PictureView {
    Q_OBJECT
  public:
    explicit CompareView(QWidget* parent = nullptr);

    // A is picture(). `difference` is shown in that mode; where B or it is missing, A is.
    void setPictures(const QImage& a, const QImage& b, const QImage& difference = {});
    const QImage& second() const { return b_; }
    // Names of the two, in the corners while they are compared; empty: none.
    void setNames(const QString& a, const QString& b);
    const QString& secondName() const { return nameB_; }
    void setMode(CompareMode mode);
    CompareMode mode() const { return mode_; }
    double split() const { return split_; }
    void setSurround(const QColor& color);
    // What makes the picture look otherwise than its file says, in the lower corner; empty:
    // nothing.
    void setLookWords(const QString& words);
    // Names and look in the corners; without them there is the picture alone.
    void setCornersShown(bool on);

    // What notes of this frame show; ghosts are those of neighbouring frames.
    void setDrawing(media::NoteDrawing drawing, media::NoteDrawing ghosts = {});
    const media::NoteDrawing& drawing() const { return drawing_; }
    void setTool(DrawTool tool);
    DrawTool tool() const { return tool_; }

  Q_SIGNALS:
    void markDrawn(const understudy::media::DrawingMark& mark);
    void averaged(QRect pixels);  // Shift and drag; empty: no more
    void presentWanted();         // Tab
    void toolLaidDown();          // Esc

  protected:
    QRectF pane() const override;
    void paintContent(QPainter& painter, const QTransform& transform) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool focusNextPrevChild(bool next) override;

  private:
    bool presents() const;
    QRectF pictureRect() const;
    void paintCorner(QPainter& painter, const QRectF& within, const QString& text, bool right,
                     bool low = false) const;
    void moveSplit(double x);
    media::DrawingPoint normalised(QPointF point) const;
    void askForWords(QPointF at);
    void finishWords();

    QImage b_;
    QImage difference_;
    QString nameA_;
    QString nameB_;
    QString lookWords_;
    bool corners_ = true;
    CompareMode mode_ = CompareMode::off;
    double split_ = 0.5;  // of the picture's width: left of it A, right of it B; or share of B
    media::NoteDrawing drawing_;
    media::NoteDrawing ghosts_;
    DrawTool tool_ = DrawTool::none;
    std::optional<media::DrawingMark> mark_;  // being drawn
    std::optional<QPointF> averageFrom_;
    QRectF average_;
    QLineEdit* words_ = nullptr;
    media::DrawingPoint wordsAt_;
};

}  // namespace understudy::ui
