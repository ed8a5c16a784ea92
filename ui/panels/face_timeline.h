// SPDX-License-Identifier: GPL-3.0-or-later
// The clips in time, a row each: where faces are, gaps, rejected ranges, suspects, corrected
// frames, and the jitter as a curve. A click goes to the frame's face, or to the
// frame where it has none; a drag selects a range. Keys: arrows go by frames and clips, Page up and
// down by ten frames, Home and End to the ends; with Shift they select.
#pragma once

#include <QImage>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/models/faces_model.h"

namespace understudy::ui {

class FaceTimeline : public QWidget {
    Q_OBJECT
  public:
    FaceTimeline(FacesModel* model, ProjectSession* session, QWidget* parent = nullptr);

    static constexpr int kRowHeight = 38;
    static constexpr int kLabelWidth = 176;
    // Where a frame of a clip is drawn; its row may lie outside of the widget's clip region.
    QPoint positionOf(int clip, int64_t frame) const;
    // Frames of the clip that have no face, in ranges.
    struct Gap {
        int64_t first = 0;
        int64_t last = 0;
        bool operator==(const Gap&) const = default;
    };
    std::vector<Gap> gapsOf(int clip) const;
    // Of the current face's clip: "bird: 2 gaps (12 frames), 3 rejected".
    QString summary() const;
    QSize sizeHint() const override;

    // Where the playhead is: at the current face, or in a frame without one.
    FaceKey cursor() const;

  Q_SIGNALS:
    void summaryChanged();
    void frameWanted(const understudy::ui::FaceKey& frame);  // without a face

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    struct Row {
        int clip = -1;
        int64_t first = 0;
        int64_t last = 0;
        size_t begin = 0;  // of its faces in the model
        size_t end = 0;
        float highest = 1;  // jitter at the top of the curve
    };
    void collect();
    std::vector<Gap> rangesOfClips() const;
    void paintRow(QPainter& painter, const Row& row, int y) const;
    void paintFaces(QPainter& painter, const Row& row, int y) const;
    void paintJitter(QPainter& painter, const Row& row, int y) const;
    double xOf(const Row& row, double frame) const;
    int64_t frameAt(const Row& row, double x) const;
    const Row* rowOfClip(int clip) const;
    void seek(const Row& row, int64_t frame);
    void selectRange(const Row& row, int64_t first, int64_t last);
    bool moveCursor(int key, bool extend);
    void paintFocus(QPainter& painter) const;

    FacesModel* model_;
    ProjectSession* session_;
    std::vector<Row> rows_;
    std::vector<Gap> ranges_;       // of the clips, as the rows have them
    std::optional<FaceKey> frame_;  // without a face, that was gone to
    int64_t anchor_ = 0;            // where a range selected by keys begins
    int pressedRow_ = -1;
    int64_t pressedFrame_ = 0;
    int64_t draggedFrame_ = 0;
};

}  // namespace understudy::ui
