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
// What a drag changes while its key is held.
enum class LookDrag { none, exposure, gamma };

// What is shown of one of the two. A picture with words is not that of the frame one is at: another
// one that is held, or nothing.
struct CompareSide {
    QImage image;
    QString name;         // in its corner while they are compared
    QString words = {};   // "reading 1003…", "no frame 1003"; empty: this is the frame
    bool hatched = true;  // while there are words: it will not come by itself
};

class CompareView : public PictureView {
    Q_OBJECT
  public:
    explicit CompareView(QWidget* parent = nullptr);

    // A is picture(). `difference` is shown in that mode.
    void setSides(CompareSide a, CompareSide b, const QImage& difference = {});
    const QImage& second() const { return b_.image; }
    const QString& firstName() const { return a_.name; }
    const QString& secondName() const { return b_.name; }
    const QString& firstWords() const { return a_.words; }
    const QString& secondWords() const { return b_.words; }
    void setMode(CompareMode mode);
    CompareMode mode() const { return mode_; }
    double split() const { return split_; }
    void setSplit(double split);
    void setSurround(const QColor& color);
    // What makes the picture look otherwise than its file says, in the lower corner; empty:
    // nothing.
    void setLookWords(const QString& words);
    // Names and look in the corners; without them there is the picture alone.
    void setCornersShown(bool on);
    // Drawings and what else lies over the picture.
    void setMarksShown(bool on);
    bool marksShown() const { return marks_; }

    // What notes of this frame show; ghosts are those of neighbouring frames.
    void setDrawing(media::NoteDrawing drawing, media::NoteDrawing ghosts = {});
    const media::NoteDrawing& drawing() const { return drawing_; }
    void setTool(DrawTool tool);
    DrawTool tool() const { return tool_; }
    // Until a key is let go.
    void holdLook(LookDrag what);
    // Whether the pointer is over B's part.
    bool overSecond() const { return overSecond_; }

  Q_SIGNALS:
    void markDrawn(const understudy::media::DrawingMark& mark);
    void averaged(QRect pixels);  // Shift and drag; empty: no more
    void presentWanted();         // Tab
    void toolLaidDown();          // Esc
    void lookDragBegan();
    void lookDragged(understudy::ui::LookDrag what, double by);  // since then, of the width

  protected:
    QRectF pane() const override;
    QPointF inPane(QPointF place) const override;
    bool overlaid() const override { return marks_ && a_.words.isEmpty(); }
    void paintContent(QPainter& painter, const QTransform& transform) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool focusNextPrevChild(bool next) override;

  private:
    bool presents() const;
    QRectF pictureRect() const;
    double splitAt() const;  // x of the split
    QPointF besides() const;
    void paintSecond(QPainter& painter, const QTransform& transform) const;
    void paintDifference(QPainter& painter, const QTransform& transform) const;
    void paintSplit(QPainter& painter) const;
    void paintDrawn(QPainter& painter, const QTransform& transform) const;
    void paintWords(QPainter& painter) const;
    void paintCorners(QPainter& painter) const;
    void paintCorner(QPainter& painter, const QRectF& within, const QString& text, bool right,
                     bool low = false) const;
    bool isOverSecond(QPointF place) const;
    media::DrawingPoint normalised(QPointF point) const;
    void askForWords(QPointF at);
    void finishWords();

    CompareSide a_;  // its picture is picture()
    CompareSide b_;
    QImage difference_;
    QString lookWords_;
    bool corners_ = true;
    bool marks_ = true;
    CompareMode mode_ = CompareMode::off;
    double split_ = 0.5;  // of the picture's width: left of it A, right of it B; or share of B
    media::NoteDrawing drawing_;
    media::NoteDrawing ghosts_;
    DrawTool tool_ = DrawTool::none;
    LookDrag held_ = LookDrag::none;
    double dragFrom_ = 0;
    bool overSecond_ = false;
    std::optional<media::DrawingMark> mark_;  // being drawn
    std::optional<QPointF> averageFrom_;
    QRectF average_;
    QLineEdit* words_ = nullptr;
    media::DrawingPoint wordsAt_;
};

}  // namespace understudy::ui
